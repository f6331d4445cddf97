package embed_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// cell ends at a bar that is not escaped.
	cell = regexp.MustCompile(`(?:[^|\\]|\\.)*\|`)
	// shown is a file and, behind a colon, what stands in it.
	shown  = regexp.MustCompile("`([a-z0-9_]+)`: ((?:`[^`]+`|`` .+? ``)(?:, (?:`[^`]+`|`` .+? ``))*)")
	quoted = regexp.MustCompile("`` (.+?) ``|`([^`]+)`")
	spaces = regexp.MustCompile(`\s+`)
)

// TestCoverage reads the chapter Coverage of docs/dialect.md: each row must say
// whether the feature is there, each feature that is there must be shown by a
// test, and what a row names must exist.
func TestCoverage(t *testing.T) {
	page, err := os.ReadFile("../../docs/dialect.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, found := strings.Cut(string(page), "\n## Coverage\n")
	if !found {
		t.Fatal("docs/dialect.md has no chapter Coverage")
	}
	w, rows := witnesses{t, map[string]string{}}, 0
	for _, line := range strings.Split(chapter, "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| feature |") {
			continue
		}
		cells := cell.FindAllString(line[1:], -1)
		if len(cells) != 3 {
			t.Errorf("%s\nhas %d cells, not feature, state, shown by", line, len(cells))
			continue
		}
		rows++
		for i, c := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(strings.TrimSuffix(c, "|"), `\|`, "|"))
		}
		for _, complaint := range w.check(cells[1], cells[2]) {
			t.Errorf("%s: %s", cells[0], complaint)
		}
	}
	if rows < 400 {
		t.Errorf("only %d features are listed", rows)
	}
}

// witnesses are the texts that rows point at, by file.
type witnesses struct {
	t     *testing.T
	texts map[string]string
}

// check tells what is wrong with a row.
func (w *witnesses) check(state, by string) (complaints []string) {
	word, reason, _ := strings.Cut(state, ": ")
	switch {
	case state == "yes" || (word == "no" || word == "partly") && reason != "":
	default:
		complaints = append(complaints, "the state "+state+" is none of yes, partly: why, no: why")
	}
	if word != "no" && by == "" {
		complaints = append(complaints, "no test shows it")
	}
	var parts []string
	for _, m := range shown.FindAllStringSubmatch(by, -1) {
		parts = append(parts, m[0])
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			if !w.has(m[1], q[1]+q[2]) {
				complaints = append(complaints, m[1]+" has no "+q[1]+q[2])
			}
		}
	}
	if strings.Join(parts, "; ") != by {
		complaints = append(complaints, by+" is not of the form `file`: `words`, `words`; …")
	}
	return complaints
}

// has reports whether words stand in a file, whatever the case and spaces.
func (w *witnesses) has(file, words string) bool {
	text, ok := w.texts[file]
	if !ok {
		text = plain(witness(w.t, file))
		w.texts[file] = text
	}
	switch file {
	case "functions":
		words = "`" + strings.ReplaceAll(words, "|", `\|`) + "`"
	case "go":
		words = "func " + words + "("
	}
	return strings.Contains(text, plain(words))
}

func plain(text string) string { return strings.ToLower(spaces.ReplaceAllString(text, " ")) }

// witness gives the text of a file; of docs/functions.md the names only, and for
// go that of all tests.
func witness(t *testing.T, file string) string {
	switch file {
	case "functions":
		data, _ := os.ReadFile("../../docs/functions.md")
		var names []string
		for _, line := range strings.Split(string(data), "\n") {
			if cells := cell.FindAllString(strings.TrimPrefix(line, "|"), -1); len(cells) >= 3 && strings.Contains(cells[2], "`") {
				names = append(names, cells[0])
			}
		}
		return strings.Join(names, "\n")
	case "go":
		return allTests(t)
	}
	data, _ := os.ReadFile(filepath.Join("../testdata/slt", file+".slt"))
	return string(data)
}
