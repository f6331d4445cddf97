package operator

import "github.com/bixidata/bixi/sql/diag"

// checkSingle fails if a join that allows one match for a left row found more.
// The pairs are in the order of their left rows, and begin with row from, which
// may have been paired before.
func (p *joinProbe) checkSingle(from int) error {
	if !p.join.node.Single {
		return nil
	}
	before := int32(-1)
	if p.paired {
		before = int32(from)
	}
	for _, row := range p.li {
		if row == before {
			return errManyRows()
		}
		before = row
	}
	return nil
}

// errManyRows is what a scalar subquery fails with.
func errManyRows() error {
	return diag.Errorf(diag.CodeSubquery, diag.Pos{}, "a scalar subquery gave more rows than one").
		WithHint("add LIMIT 1 or an aggregate to the subquery")
}
