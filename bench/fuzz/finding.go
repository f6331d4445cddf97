package fuzz

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
)

// verdict is a class of outcomes.
type verdict string

const (
	agreed  verdict = ""
	wrong   verdict = "wrong"
	crashed verdict = "crashed"
	hung    verdict = "hung"
	refused verdict = "refused" // ours fails, and for no reason in the values
	skipped verdict = "one failed"
)

func (v verdict) isRefusal() bool { return strings.HasPrefix(string(v), string(refused)) }

// failure judges a failure of ours; other is the answer it is compared with.
func failure(mine, other answer) (verdict, string) {
	if mine.err == nil {
		return agreed, ""
	}
	code := diag.Of(mine.err).Code
	switch code {
	case diag.CodeTimeout:
		return hung, mine.Error
	case diag.CodeOverflow, diag.CodeCast, diag.CodeInvalidArgument, diag.CodeBadDatetime, diag.CodeBadRegexp:
		if other.Error == "" {
			return skipped, "ours: " + firstLine(mine.Error)
		}
		return agreed, ""
	case diag.CodeSemantic:
		if strings.Contains(mine.Error, "is NOT NULL but") && other.Error != "" {
			return agreed, ""
		}
	case diag.CodeInternal:
		return crashed, mine.Error
	}
	return refused + " " + verdict(code), mine.Error
}

func compare(q *query, mine, theirs answer) (verdict, string) {
	if v, why := failure(mine, theirs); v != agreed || mine.err != nil {
		return v, why
	}
	if theirs.Error != "" {
		return skipped, "DuckDB: " + theirs.Error
	}
	if d := difference(q.types(), mine.Rows, theirs.Rows); d != "" {
		return wrong, d
	}
	return agreed, ""
}

// digits are what differs between failures of one kind.
var digits = regexp.MustCompile(`[-0-9.,]+`)

func class(why string) string {
	c := digits.ReplaceAllString(why, "#")
	return c[:min(len(c), 50)]
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// finding is what may be wrong, and how it is made small.
type finding struct {
	name     string
	texts    func() []string          // the statements that show it
	simplify func(*shrinker) bool     // of its tree
	again    func() (verdict, string) // asks anew
}

// judge counts an outcome and reports it if it is a finding.
func (x *round) judge(ctx context.Context, f finding, v verdict, why string, mine answer) (found bool) {
	if x.count(v, why, mine); v == agreed || v == skipped {
		return false
	}
	fmt.Fprintf(x.o.Log, "\n-- seed %d, %s: %s: %s\n", x.seed, f.name, v, why)
	if !x.o.Shrink || v == hung {
		fmt.Fprint(x.o.Log, x.script(f))
		return true
	}
	saved := make([][][]*expr, len(x.tables))
	for i, t := range x.tables {
		saved[i] = t.rows
	}
	fmt.Fprint(x.o.Log, x.shrink(f, v, func(t *table) bool { return x.loadOne(ctx, t) == nil }))
	for i, t := range x.tables {
		t.rows = saved[i]
	}
	if err := x.load(ctx); err != nil {
		fmt.Fprintln(x.o.Log, err)
	}
	return true
}

// count notes an outcome.
func (x *round) count(v verdict, why string, mine answer) {
	switch v {
	case agreed:
		if mine.err != nil {
			x.report.BothFailed++
		}
	case skipped:
		x.report.OneFailed++
		x.report.Classes[class(why)]++
	case wrong:
		x.report.Wrong++
	case hung:
		x.report.Hung++
	default:
		x.report.Crashed++
	}
}
