// Package slttest runs SQL logic tests: text files of statements and the answers
// they must give, in many modes of the engine. The answer never depends on the
// mode, which is what the modes are for.
//
// A file is a list of records, divided by blank lines. Lines that begin with #
// are comments.
//
//	statement ok                 it succeeds
//	CREATE TABLE t (a INT)
//
//	statement error <regexp>     it fails with a message that matches
//	SELECT a FROM nowhere
//
//	statement warning <regexp>   it succeeds and warns of something that matches
//	SELECT /*+ mapjoin(x) */ a FROM t
//
//	query IT [rowsort] [label]   it gives these rows
//	SELECT a, b FROM t
//	----
//	1	x
//	NULL	(empty)
//
//	mode skip <name> <reason>    the rest of the file is not for that mode
//
// $DIR in a statement stands for a directory that is empty at the beginning of the
// file.
//
// A query names the type of each column with a letter: I integer, N DECIMAL, R
// FLOAT or DOUBLE, T text, B BOOLEAN, D a date or time, X anything else. rowsort
// says that the order of the rows is not part of the answer. Queries with the
// same label give the same answer. The values of a row are divided by tabs; NULL
// is NULL, an empty string (empty), and tabs, line feeds and backslashes within
// values are written \t, \n and \\.
package slttest

import (
	"fmt"
	"strings"
)

// kind is what a record expects.
type kind int

const (
	statementOK kind = iota
	statementError
	statementWarning
	query
	skip
)

// record is one entry of a file.
type record struct {
	kind kind
	line int // of its head, from 1
	head string
	text string // the statement

	match string   // statementError, statementWarning: the regexp
	types string   // query: a letter for each column
	sort  bool     // query: rowsort
	label string   // query
	rows  []string // query: the answer

	mode, reason string // skip

	lead []string // the lines before it: comments and blank lines
}

// file is a parsed file.
type file struct {
	records []*record
	tail    []string // lines after the last record
}

// parse reads a file.
func parse(text string) (*file, error) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	f := &file{}
	var lead []string
	for i := 0; i < len(lines); {
		line := lines[i]
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			lead = append(lead, line)
			i++
			continue
		}
		r := &record{head: line, line: i + 1, lead: lead}
		lead = nil
		if err := r.parseHead(); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		i++
		for ; i < len(lines) && strings.TrimSpace(lines[i]) != "" && lines[i] != "----"; i++ {
			r.text += lines[i] + "\n"
		}
		r.text = strings.TrimSuffix(strings.TrimSpace(r.text), ";")
		if (r.text == "") != (r.kind == skip) {
			return nil, fmt.Errorf("line %d: a record needs its statement below it, mode skip none", r.line)
		}
		if i < len(lines) && lines[i] == "----" {
			if r.kind != query {
				return nil, fmt.Errorf("line %d: only a query has an answer", i+1)
			}
			for i++; i < len(lines) && lines[i] != ""; i++ {
				r.rows = append(r.rows, lines[i])
			}
		}
		f.records = append(f.records, r)
	}
	f.tail = lead
	return f, nil
}

func (r *record) parseHead() error {
	word, rest, _ := strings.Cut(r.head, " ")
	args := strings.Fields(rest)
	switch {
	case word == "statement" && rest == "ok":
		r.kind = statementOK
	case word == "statement" && strings.HasPrefix(rest, "error "):
		r.kind, r.match = statementError, strings.TrimPrefix(rest, "error ")
	case word == "statement" && strings.HasPrefix(rest, "warning "):
		r.kind, r.match = statementWarning, strings.TrimPrefix(rest, "warning ")
	case word == "query" && len(args) > 0:
		r.kind, r.types = query, args[0]
		args = args[1:]
		if len(args) > 0 && (args[0] == "rowsort" || args[0] == "nosort") {
			r.sort = args[0] == "rowsort"
			args = args[1:]
		}
		if len(args) > 1 {
			return fmt.Errorf("%q is more than a label", strings.Join(args, " "))
		}
		r.label = strings.Join(args, "")
	case word == "mode" && len(args) > 2 && args[0] == "skip":
		r.kind, r.mode, r.reason = skip, args[1], strings.Join(args[2:], " ")
	default:
		return fmt.Errorf("%q begins no record", r.head)
	}
	return nil
}

// String writes the file as it is parsed.
func (f *file) String() string {
	var b strings.Builder
	lines := func(ls []string) {
		for _, l := range ls {
			b.WriteString(l + "\n")
		}
	}
	for _, r := range f.records {
		lines(r.lead)
		b.WriteString(r.headLine() + "\n")
		if r.text != "" {
			b.WriteString(r.text + "\n")
		}
		if r.kind == query {
			b.WriteString("----\n")
			lines(r.rows)
		}
	}
	lines(f.tail)
	return b.String()
}

func (r *record) headLine() string {
	if r.kind != query {
		return r.head
	}
	head := "query " + r.types
	if r.sort {
		head += " rowsort"
	}
	if r.label != "" {
		head += " " + r.label
	}
	return head
}
