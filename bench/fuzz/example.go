package fuzz

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/udf"
)

// literals are what in an example may become any expression of its type.
var literals = regexp.MustCompile(`(?i)(?:\b(?:date|datetime|timestamp|json|x))?'(?:[^'\\]|\\.)*'|\b[0-9]+(?:\.[0-9]+)?(?:BD|[YSLFD])?\b`)

// passing are functions whose values differ from one statement to the next.
var passing = regexp.MustCompile(`(?i)current_|getdate|now\(|rand|uuid|get_user|max_pt|_exists|sample|failif`)

// exampleForms makes forms of the documented examples of scalar functions, and of
// aggregates: the literals become operands where more than constants may stand.
func exampleForms(ctx context.Context, engine server.Statements, functions []*udf.Function) (scalar, aggregate []form) {
	accepts := func(text string) bool { return run(ctx, engine, plainly, text).err == nil }
	for _, f := range functions {
		e := f.Doc.Example
		if f.Volatile || f.Window != nil || f.Table != nil || f.Planned != nil || passing.MatchString(e) || strings.ContainsAny(e, "$") {
			continue
		}
		for _, wrap := range []string{"CAST((#) AS STRING)", "TO_JSON(#)", "JSON_FORMAT(#)", "HEX(#)"} {
			whole := strings.Replace(wrap, "#", e, 1)
			if !accepts("SELECT " + whole) {
				continue
			}
			if f.Aggregate != nil {
				aggregate = append(aggregate, opened(whole, accepts))
			} else {
				scalar = append(scalar, opened(whole, accepts))
			}
			break
		}
	}
	return scalar, aggregate
}

// opened replaces those literals of an expression that need not be constant.
func opened(e string, accepts func(string) bool) form {
	f := form{result: text}
	var b strings.Builder
	last := 0
	for _, at := range literals.FindAllStringIndex(e, -1) {
		lit := e[at[0]:at[1]]
		k, ok := literalKind(lit)
		if !ok || !accepts("SELECT "+e[:at[0]]+"t.c"+e[at[1]:]+" FROM (SELECT "+lit+" AS c) t") {
			continue
		}
		b.WriteString(e[last:at[0]] + "$" + strconv.Itoa(len(f.operands)))
		f.operands, f.examples = append(f.operands, k), append(f.examples, lit)
		last = at[1]
	}
	f.text = b.String() + e[last:]
	return f
}

// literalKind is the kind of a literal's type.
func literalKind(lit string) (kind, bool) {
	low := strings.ToLower(lit)
	switch {
	case strings.HasPrefix(low, "'"):
		return text, true
	case strings.HasPrefix(low, "datetime"):
		return datetime, true
	case strings.HasPrefix(low, "date"):
		return date, true
	case strings.HasSuffix(low, "'"):
		return 0, false
	case strings.HasSuffix(low, "l"):
		return bigint, true
	case strings.HasSuffix(low, "bd"):
		return decimal, true
	case strings.TrimLeft(low, "0123456789") == "":
		return integer, true
	case strings.TrimLeft(low, "0123456789.") == "":
		return double, true
	}
	return 0, false
}
