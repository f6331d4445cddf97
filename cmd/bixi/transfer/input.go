package transfer

import (
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
)

// Format is the form of a file.
type Format string

// The forms.
const (
	Parquet Format = "parquet"
	CSV     Format = "csv"
	JSON    Format = "json"
)

// ParseFormat reads the name of a form; "" leaves it to the names of files.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	switch f {
	case "", Parquet, CSV, JSON:
		return f, nil
	}
	return "", fmt.Errorf("there is no format %q: it may be parquet, csv or json", name)
}

var extensions = map[string]Format{
	".parquet": Parquet, ".csv": CSV, ".json": JSON, ".jsonl": JSON, ".ndjson": JSON,
}

// formatOf tells a file's form from its name.
func formatOf(path string) (Format, bool) {
	f, ok := extensions[strings.ToLower(filepath.Ext(path))]
	return f, ok
}

// input is a file to import, or a directory of Parquet files.
type input struct {
	path      string // absolute
	format    Format
	partition []Value // from the segments of its path
}

// inputs finds the files that args name: files, directories with all below them,
// patterns.
func inputs(args []string, format Format) ([]input, error) {
	var out []input
	for _, arg := range args {
		paths := []string{arg}
		if _, err := filepath.Glob(arg); err == nil && strings.ContainsAny(arg, "*?[") {
			paths, _ = filepath.Glob(arg)
		}
		for _, p := range paths {
			more, err := inputsAt(p, format)
			if err != nil {
				return nil, err
			}
			out = append(out, together(more)...)
		}
		if len(out) == 0 {
			return nil, invalid("there is no file %s", arg)
		}
	}
	return out, sameKeys(out)
}

// inputsAt finds the files at or below path.
func inputsAt(path string, format Format) ([]input, error) {
	var out []input
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := p != path && strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_SUCCESS")
		if d.IsDir() || hidden {
			if hidden && d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		form, known := formatOf(p)
		switch {
		case format != "" && (p == path || known && form == format):
			form = format
		case format != "":
			return nil // another form than the one asked for
		case !known && p == path:
			return invalid("the form of %s does not follow from its name", p).WithHint("give --format")
		case !known:
			return nil
		}
		in := input{path: p, format: form}
		if in.partition, err = pathValues(p); err != nil {
			return err
		}
		in.path, err = filepath.Abs(p)
		out = append(out, in)
		return err
	})
	if err != nil {
		if diag.Of(err).Class == diag.User {
			return nil, err
		}
		return nil, invalid("%v", err)
	}
	return out, nil
}

// together makes one input of the Parquet files of a directory, if it holds
// nothing else and no directory of them.
func together(files []input) []input {
	var out []input
	for from := 0; from < len(files); {
		dir, to := filepath.Dir(files[from].path), from+1
		for to < len(files) && filepath.Dir(files[to].path) == dir {
			to++
		}
		alone := to-from > 1
		for i, f := range files {
			inside := i >= from && i < to
			alone = alone && (inside && f.format == Parquet && strings.HasSuffix(f.path, ".parquet") ||
				!inside && !strings.HasPrefix(f.path, dir+string(filepath.Separator)))
		}
		if alone {
			one := files[from]
			one.path = dir
			out = append(out, one)
		} else {
			out = append(out, files[from:to]...)
		}
		from = to
	}
	return out
}

// pathValues reads the name=value segments of a path.
func pathValues(path string) ([]Value, error) {
	var out []Value
	for _, segment := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
		name, text, found := strings.Cut(segment, "=")
		if !found || name == "" {
			continue
		}
		text, err := url.PathUnescape(text)
		if err != nil {
			return nil, invalid("%s: the value in %q is not well escaped", path, segment)
		}
		if text == "" || text == "__HIVE_DEFAULT_PARTITION__" {
			return nil, invalid("%s: a partition value cannot be NULL or empty", path)
		}
		out = append(out, Value{strings.ToLower(name), text})
	}
	return out, nil
}

// sameKeys checks that all paths name the same partition columns in one order.
func sameKeys(all []input) error {
	names := func(in input) []string {
		var out []string
		for _, v := range in.partition {
			out = append(out, v.Name)
		}
		return out
	}
	for _, in := range all[1:] {
		if !slices.Equal(names(in), names(all[0])) {
			return invalid("%s and %s do not name the same partition columns in their paths", all[0].path, in.path)
		}
	}
	return nil
}

func invalid(format string, args ...any) *diag.Error {
	return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, format, args...)
}
