package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Variable is @name: a variable of a script or a parameter of a SQL function.
type Variable struct {
	exprNode
	Name Ident
}

// VariableCall is @name(args): a call of a parameter that is a function.
type VariableCall struct {
	exprNode
	Name Ident
	Args []Expr
}

// VariableTable is @name [alias[(c, …)]] in FROM.
type VariableTable struct {
	tableNode
	Name    Ident
	Alias   Ident
	Columns []Ident
}

// ParamKind is the kind of a ParamType.
type ParamKind uint8

// The kinds of value that a variable can have.
const (
	ParamScalar   ParamKind = iota
	ParamAny                // ANY: a scalar of whatever type
	ParamFunction           // FUNCTION(types) RETURNS type
	ParamTable              // TABLE(columns), or TABLE(*)
)

// ParamType is the type of a variable.
type ParamType struct {
	Start
	Kind    ParamKind
	Type    types.Type
	Params  []*ParamType  // of a function
	Returns *ParamType    // of a function
	Columns []*ColumnType // of a table; nil for TABLE(*)
}

// ColumnType is a column of a table variable.
type ColumnType struct {
	Start
	Name Ident
	Type *ParamType
}

// Param is @name type [= default].
type Param struct {
	Start
	Name    Ident
	Type    *ParamType
	Default Expr // nil when absent
}

// variableName reads @name; any word may be one.
func (p *parser) variableName() Ident {
	at := p.start()
	p.expectOp("@")
	if t := p.tok(); t.kind == tokWord {
		p.next()
		return Ident{Start: at, Name: p.raw(t)}
	}
	id := p.ident("the name of a variable")
	id.Start = at
	return id
}

func (p *parser) variable(at exprNode) Expr {
	name := p.variableName()
	if !p.atOp("(") {
		return &Variable{exprNode: at, Name: name}
	}
	c := &VariableCall{exprNode: at, Name: name}
	p.nest(func() {
		if !p.atOp(")") {
			c.Args = p.exprs()
		}
	})
	return c
}

func (p *parser) variableTable(at tableNode) TableRef {
	t := &VariableTable{tableNode: at, Name: p.variableName()}
	t.Alias, t.Columns = p.tableAlias()
	return t
}

func (p *parser) paramType() *ParamType {
	t := &ParamType{Start: p.start()}
	if !p.enter() {
		return t
	}
	defer p.leave()
	switch {
	case p.accept("ANY"):
		t.Kind = ParamAny
	case p.accept("FUNCTION"):
		t.Kind = ParamFunction
		p.nest(func() {
			if !p.atOp(")") {
				t.Params = list(p, p.paramType)
			}
		})
		p.expect("RETURNS")
		t.Returns = p.paramType()
	case p.accept("TABLE"):
		t.Kind = ParamTable
		p.nest(func() {
			if !p.acceptOp("*") {
				t.Columns = list(p, p.columnType)
			}
		})
	default:
		t.Type = p.typ()
	}
	return t
}

func (p *parser) columnType() *ColumnType {
	c := &ColumnType{Start: p.start(), Name: p.columnName(), Type: p.paramType()}
	if c.Type.Kind != ParamScalar && c.Type.Kind != ParamAny {
		p.unexpected("the type of a column")
	}
	return c
}

// params reads (@a type [= default], …).
func (p *parser) params() []*Param {
	var out []*Param
	p.nest(func() {
		if !p.atOp(")") {
			out = list(p, p.param)
		}
	})
	return out
}

func (p *parser) param() *Param {
	a := &Param{Start: p.start(), Name: p.variableName(), Type: p.paramType()}
	if p.acceptOp("=") || p.accept("DEFAULT") {
		a.Default = p.expr()
	}
	return a
}

// functionLambda reads FUNCTION(@x type, …) AS expr, a lambda with types.
func (p *parser) functionLambda() Expr {
	n := &Lambda{exprNode: exprNode{p.start()}}
	p.expect("FUNCTION")
	for _, a := range p.params() {
		if a.Default != nil {
			p.failAt(a.Pos(), diag.CodeParse, "a parameter of a lambda has no default")
		}
		a.Name.Name = "@" + a.Name.Name
		n.Params, n.Types = append(n.Params, a.Name), append(n.Types, a.Type)
	}
	p.expect("AS")
	if p.enter() {
		defer p.leave()
		n.Body = p.expr()
	}
	return n
}

func (*Variable) each(func(Node))      {}
func (*VariableTable) each(func(Node)) {}

func (c *VariableCall) each(visit func(Node)) { visitAll(visit, c.Args) }

func (t *ParamType) each(visit func(Node)) {
	visitAll(visit, t.Params)
	if t.Returns != nil {
		visit(t.Returns)
	}
	visitAll(visit, t.Columns)
}

func (c *ColumnType) each(visit func(Node)) { visit(c.Type) }

func (a *Param) each(visit func(Node)) {
	visit(a.Type)
	visitExprs(visit, a.Default)
}

// variable writes @name.
func (p *printer) variable(id Ident) {
	name := id.Name
	if id.Quoted {
		name = quoteName(name, true)
	}
	p.word("@" + name)
	p.glue = false
}

func (v *Variable) print(p *printer) { p.variable(v.Name) }

func (c *VariableCall) print(p *printer) {
	p.variable(c.Name)
	p.raw("(")
	p.exprs(c.Args)
	p.raw(")")
}

func (t *VariableTable) print(p *printer) {
	p.variable(t.Name)
	p.alias(t.Alias, t.Columns)
}

func (t *ParamType) print(p *printer) {
	switch t.Kind {
	case ParamAny:
		p.word("ANY")
	case ParamFunction:
		p.word("FUNCTION")
		printParens(p, t.Params)
		p.word("RETURNS")
		t.Returns.print(p)
	case ParamTable:
		p.word("TABLE")
		if t.Columns == nil {
			p.word("(*)")
			return
		}
		printParens(p, t.Columns)
	default:
		p.typ(t.Type)
	}
}

func (c *ColumnType) print(p *printer) {
	p.ident(c.Name)
	c.Type.print(p)
}

func (a *Param) print(p *printer) {
	p.variable(a.Name)
	a.Type.print(p)
	if a.Default != nil {
		p.op("=")
		p.expr(a.Default, precOr)
	}
}
