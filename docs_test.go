package bixi_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocs checks what the documents name: every path, make target and bixi
// subcommand that stands in backquotes or in a code block must exist.
func TestDocs(t *testing.T) {
	targets, commands, tops := makeTargets(t), subcommands(t), topLevel(t)
	for _, file := range documents(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeIn(string(data)) {
			for _, m := range makeCall.FindAllStringSubmatch(code.text, -1) {
				if !targets[m[1]] {
					t.Errorf("%s:%d: there is no target %q in the Makefile", file, code.line, m[1])
				}
			}
			for _, m := range bixiCall.FindAllStringSubmatch(code.text, -1) {
				if !commands[m[1]] {
					t.Errorf("%s:%d: bixi has no command %q", file, code.line, m[1])
				}
			}
			for _, p := range pathsIn(code.text, tops) {
				if !exists(filepath.Dir(file), p) {
					t.Errorf("%s:%d: there is no %s", file, code.line, p)
				}
			}
		}
		for _, m := range link.FindAllStringSubmatch(prose(string(data)), -1) {
			if target, _, _ := strings.Cut(m[1], "#"); target != "" && !strings.Contains(target, "://") {
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), target)); err != nil {
					t.Errorf("%s: the link to %s leads nowhere", file, m[1])
				}
			}
		}
	}
}

var (
	makeCall = regexp.MustCompile(`(?m)(?:^|[;&] *|\$ )make ([a-z][a-z-]*)`)
	bixiCall = regexp.MustCompile(`(?:^|[\s/>])bixi ([a-z]+)(?:$|[\s.;])`)
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fence    = regexp.MustCompile("^\\s*```")
	inline   = regexp.MustCompile("`([^`]+)`")
	braces   = regexp.MustCompile(`^(.*)\{([^{}]+)\}(.*)$`)
	pathText = regexp.MustCompile(`^[A-Za-z0-9_.*-]+(/[A-Za-z0-9_.*{},-]+)*/?$`)
	subName  = regexp.MustCompile(`Use:\s*"([a-z]+)|newServeCommand\("([a-z]+)"`)
)

// made are names of files that a build or run makes.
var made = regexp.MustCompile(`^(bin|bixi-data|\.demo|\.venv)(/|$)`)

type code struct {
	line int
	text string
}

// codeIn gives the code blocks, a line each, and the backquoted pieces of a document.
func codeIn(text string) (out []code) {
	block := false
	for i, line := range strings.Split(text, "\n") {
		if fence.MatchString(line) {
			block = !block
			continue
		}
		if block {
			out = append(out, code{i + 1, line})
			continue
		}
		for _, m := range inline.FindAllStringSubmatch(line, -1) {
			out = append(out, code{i + 1, m[1]})
		}
	}
	return out
}

// prose is the document without its code.
func prose(text string) string {
	var b strings.Builder
	block := false
	for _, line := range strings.Split(text, "\n") {
		if fence.MatchString(line) {
			block = !block
		} else if !block {
			b.WriteString(inline.ReplaceAllString(line, "") + "\n")
		}
	}
	return b.String()
}

// pathsIn gives the words that name something below a top-level folder, or a
// file by its ending.
func pathsIn(text string, tops map[string]bool) (out []string) {
	for _, w := range strings.Fields(text) {
		w = strings.TrimPrefix(strings.Trim(w, `()[]"',;:`), "./")
		first, _, nested := strings.Cut(w, "/")
		if !pathText.MatchString(w) || made.MatchString(w) {
			continue
		}
		isFile := strings.HasSuffix(w, ".go") || strings.HasSuffix(w, ".md") || strings.HasSuffix(w, ".proto")
		if nested && tops[first] || isFile && !strings.HasPrefix(w, ".") {
			out = append(out, expand(w)...)
		}
	}
	return out
}

// expand writes out one pair of braces.
func expand(p string) []string {
	m := braces.FindStringSubmatch(p)
	if m == nil {
		return []string{p}
	}
	var out []string
	for _, alt := range strings.Split(m[2], ",") {
		out = append(out, expand(m[1]+alt+m[3])...)
	}
	return out
}

// exists looks for p from the root and from the document's folder; a file named
// without a folder may be in any. A trailing _x.go stands for a family of files,
// and pkg.Name for a name in a package.
func exists(dir, p string) bool {
	if strings.HasSuffix(p, "_x.go") || strings.HasSuffix(p, "/x.go") || strings.HasSuffix(p, "/...") {
		p = filepath.Dir(p)
	}
	for _, at := range []string{".", dir} {
		if found, _ := filepath.Glob(filepath.Join(at, p)); len(found) > 0 {
			return true
		}
		if parent, name := filepath.Split(p); strings.Contains(name, ".") && parent != "" {
			pkg, exported, _ := strings.Cut(name, ".")
			if exported != "" && exported[0] >= 'A' && exported[0] <= 'Z' && isDir(filepath.Join(at, parent, pkg)) {
				return true
			}
		}
	}
	if strings.Contains(p, "/") {
		return false
	}
	found := false
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			ok, _ := filepath.Match(p, d.Name())
			found = found || ok
		}
		return nil
	})
	return found
}

func isDir(p string) bool {
	s, err := os.Stat(p)
	return err == nil && s.IsDir()
}

func documents(t *testing.T) (out []string) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || made.MatchString(path)) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".md") && path != filepath.Join("docs", "functions.md") {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func topLevel(t *testing.T) map[string]bool {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	tops := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() {
			tops[e.Name()] = true
		}
	}
	return tops
}

func makeTargets(t *testing.T) map[string]bool {
	data, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(data), -1) {
		targets[m[1]] = true
	}
	return targets
}

// subcommands reads the commands' names from their declarations.
func subcommands(t *testing.T) map[string]bool {
	files, err := filepath.Glob("cmd/bixi/*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"help": true}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range subName.FindAllStringSubmatch(string(data), -1) {
			names[m[1]+m[2]] = true
		}
	}
	return names
}
