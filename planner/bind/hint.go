package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// hintNotes says of the hints that are known and change nothing why that is so.
var hintNotes = map[string]string{
	"skewjoin":    "joins do not treat frequent keys apart",
	"distmapjoin": "joins read the smaller side whole or meet by the hash of their keys",
	"rangejoin":   "joins by ranges compare all pairs",
	"selectivity": "sizes are estimated from statistics",
	"streamtable": "the larger side of a join is always read as a stream",
}

// hints obeys those of a SELECT over names, or says why not. inner are the
// relations in FROM that names may lack, such as the right side of a semi join.
func (b *Binder) hints(hints []*syntax.Hint, names *scope, inner []relation) {
	for _, h := range hints {
		switch note := hintNotes[h.Name]; {
		case h.Name == "mapjoin":
			for _, arg := range h.Args {
				b.mapJoin(h, arg, names, inner)
			}
		case h.Name == "dynamicfilter":
			// Joins send the keys of their smaller side to the scans of the other anyway.
			for _, arg := range h.Args {
				if hinted(arg, names, inner) == nil {
					b.unknownAlias(h, arg, names, inner)
				}
			}
		case note != "":
			b.warn(h.Pos(), "the hint %s has no effect: %s", strings.ToUpper(h.Name), note)
		default:
			b.warn(h.Pos(), "the hint %s is not known and has no effect", h.Name)
		}
	}
}

func (b *Binder) mapJoin(h *syntax.Hint, alias string, names *scope, inner []relation) {
	r := hinted(alias, names, inner)
	if r == nil {
		b.unknownAlias(h, alias, names, inner)
		return
	}
	c := &logical.Broadcast{Alias: r.alias, Pos: h.Pos(), Columns: map[int]bool{}}
	if b.depth > 0 {
		c.Pos = diag.Pos{}
	}
	for _, col := range r.cols {
		c.Columns[col.ID] = true
	}
	b.broadcasts = append(b.broadcasts, c)
}

// hinted finds the relation called alias.
func hinted(alias string, names *scope, inner []relation) *relation {
	for _, rels := range [][]relation{names.rels, inner} {
		for i := range rels {
			if strings.EqualFold(rels[i].alias, strings.Trim(alias, "`")) {
				return &rels[i]
			}
		}
	}
	return nil
}

func (b *Binder) unknownAlias(h *syntax.Hint, alias string, names *scope, inner []relation) {
	var known []string
	for _, r := range append(append([]relation{}, names.rels...), inner...) {
		if r.alias != "" {
			known = append(known, r.alias)
		}
	}
	more := ""
	if near := diag.Near(alias, known); near != "" {
		more = "; did you mean " + near + "?"
	}
	b.warn(h.Pos(), "the hint %s has no effect on %s, which is no table or alias of this FROM%s", strings.ToUpper(h.Name), alias, more)
}

// Broadcasts lists the relations that hints ask to be read whole.
func (b *Binder) Broadcasts() []*logical.Broadcast { return b.broadcasts }
