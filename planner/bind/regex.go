package bind

import (
	"regexp"
	"strings"

	"github.com/bixidata/bixi/sql/syntax"
)

// regexColumns expands a select item in backquotes that is no column but a regular
// expression of column names, such as `a.*` or `(ds|pt)?+.+`; nil if it is none.
func regexColumns(item *syntax.SelectItem, names *scope) []output {
	ref, ok := item.Expr.(*syntax.ColumnRef)
	if !ok || !item.Alias.IsZero() {
		return nil
	}
	last := ref.Parts[len(ref.Parts)-1]
	if !last.Quoted || !strings.ContainsAny(last.Name, `*+?.|()[]^$\`) {
		return nil
	}
	if _, _, err := names.lookup(ref.Parts); err == nil {
		return nil
	}
	match := nameMatcher(last.Name)
	if match == nil {
		return nil
	}
	var outs []output
	for _, r := range names.rels {
		if len(ref.Parts) > 1 && !strings.EqualFold(r.alias, ref.Parts[len(ref.Parts)-2].Name) {
			continue
		}
		for _, c := range r.cols {
			if (len(ref.Parts) > 1 || !r.hidden[c.ID]) && match(strings.ToLower(c.Name)) {
				outs = append(outs, output{name: strings.ToLower(c.Name), expr: c.Ref(), from: item.Expr})
			}
		}
	}
	return outs
}

// nameMatcher tells whether a name as a whole matches a pattern; nil if that is
// none. A possessive group in front, (a|b)?+, takes what it can and never gives it
// back: the usual way to name columns that are left out.
func nameMatcher(pattern string) func(name string) bool {
	head, tail, possessive := strings.Cut(pattern, ")?+")
	if possessive && strings.HasPrefix(head, "(") && strings.Count(head, "(") == 1 {
		first, err1 := regexp.Compile("(?i)^(?:" + head[1:] + ")")
		rest, err2 := regexp.Compile("(?i)^(?:" + tail + ")$")
		if err1 != nil || err2 != nil {
			return nil
		}
		return func(name string) bool {
			if loc := first.FindStringIndex(name); loc != nil {
				name = name[loc[1]:]
			}
			return rest.MatchString(name)
		}
	}
	re, err := regexp.Compile("(?i)^(?:" + pattern + ")$")
	if err != nil {
		return nil
	}
	return re.MatchString
}
