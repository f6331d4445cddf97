package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// lambdaTypes finds the types of the lambdas among args, whose parameters may
// have types that follow from them.
func (c *calculator) lambdaTypes(f *udf.Function, exprs []syntax.Expr, args []udf.Arg) error {
	for range 3 {
		for i, e := range exprs {
			l, ok := e.(*syntax.Lambda)
			if !ok {
				continue
			}
			ts, err := f.Lambda(args, i)
			if err != nil {
				return err
			}
			var nulls []*batch.Column
			for _, t := range ts {
				nulls = append(nulls, batch.NullColumn(t, 1))
			}
			body, err := c.body(l, nulls)
			if err != nil {
				return err
			}
			args[i].Type = body.Type
		}
	}
	return nil
}

// body evaluates the body of a lambda for one element.
func (c *calculator) body(l *syntax.Lambda, params []*batch.Column) (*batch.Column, error) {
	inner := &calculator{reg: c.reg, session: c.session, params: map[string]*batch.Column{}}
	for i, name := range l.Params {
		inner.params[name.Name] = params[i]
	}
	return inner.eval(l.Body)
}

// lambda evaluates a lambda element by element.
func (c *calculator) lambda(l *syntax.Lambda, t types.Type) udf.Lambda {
	return func(params []*batch.Column, rows []int32) (*batch.Column, error) {
		b := batch.NewBuilder(t)
		for i := range rows {
			one := make([]*batch.Column, len(params))
			for k, p := range params {
				one[k] = batch.ConstOf(p, i, 1)
			}
			x, err := c.body(l, one)
			if err != nil {
				return nil, err
			}
			if x, err = c.cast(x, t); err != nil {
				return nil, err
			}
			b.Append(x, nil)
		}
		return b.Finish(), nil
	}
}
