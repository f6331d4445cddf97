package scalar

import "strings"

// Identity is a text that two expressions share only if they always give the
// same values of the same type. It is String with the types of the literals,
// which String leaves out: 1 may be a TINYINT or a BIGINT.
//
// The names and numbers of the parameters of lambdas in e do not matter: they
// depend on the lambdas around it.
func Identity(e Expr) string {
	e = renumbered(e, nil)
	var b strings.Builder
	identify(&b, e.String(), e)
	return b.String()
}

// Identity is that of the aggregate, as for an expression.
func (a Aggregate) Identity() string {
	var b strings.Builder
	identify(&b, a.String(), a.Args...)
	if a.Filter != nil {
		identify(&b, "", a.Filter)
	}
	return b.String()
}

func identify(b *strings.Builder, text string, es ...Expr) {
	b.WriteString(text)
	for _, e := range es {
		Walk(e, func(e Expr) bool {
			if l, ok := e.(*Literal); ok {
				b.WriteByte(' ')
				b.WriteString(l.Typ.String())
			}
			return true
		})
	}
}

// Identity is that of the window function, as for an expression.
func (w Window) Identity() string {
	var b strings.Builder
	identify(&b, w.String(), w.Exprs()...)
	return b.String()
}

// renumbered counts the parameters of the lambdas in e from -1 downwards, so that
// they differ from those of lambdas around e. inside are the parameters of the
// lambdas between it and the whole expression.
func renumbered(e Expr, inside []*Param) Expr {
	number := func(i int, p *Param) *Param { return &Param{ID: -1 - i, Typ: p.Typ} }
	switch e := e.(type) {
	case *Param:
		for i := len(inside) - 1; i >= 0; i-- {
			if inside[i].ID == e.ID {
				return number(i, e)
			}
		}
		return e
	case *Lambda:
		n := len(inside)
		out := &Lambda{Body: renumbered(e.Body, append(inside[:n:n], e.Params...))}
		for i, p := range e.Params {
			out.Params = append(out.Params, number(n+i, p))
		}
		return out
	}
	kids := e.Children()
	var out []Expr
	for i, k := range kids {
		if n := renumbered(k, inside); n != k {
			if out == nil {
				out = append(out, kids...)
			}
			out[i] = n
		}
	}
	if out == nil {
		return e
	}
	return e.WithChildren(out)
}
