package scalar

import "strings"

// Identity is a text that two expressions share only if they always give the
// same values of the same type. It is String with the types of the literals,
// which String leaves out: 1 may be a TINYINT or a BIGINT.
func Identity(e Expr) string {
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
