package builtin

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// calculator evaluates expressions of literals and calls, one row at a time, by
// looking functions up in a registry: just enough to run examples without a
// binder. With rows > 1 the arguments of the outermost call are flat columns of
// that many rows, with a NULL in the middle one.
type calculator struct {
	reg     *udf.Registry
	session *udf.Session
	params  map[string]*batch.Column // of the lambda being evaluated
}

// dialectOf is c, or c in the Hive dialect for its functions.
func (c *calculator) dialectOf(f *udf.Function) *calculator {
	if !strings.HasSuffix(f.Name, udf.InHive("")) {
		return c
	}
	session := *c.session
	session.Dialect.Hive = true
	return &calculator{reg: c.reg, session: &session}
}

// fakeCatalog knows the table sales, whose last partition is empty.
type fakeCatalog struct{}

func (fakeCatalog) User() string                     { return "ann" }
func (fakeCatalog) Exists(name string) (bool, error) { return name == "sales", nil }
func (fakeCatalog) Partitions(name string) ([]udf.Partition, error) {
	if name != "sales" {
		return nil, fmt.Errorf("no table %s", name)
	}
	return []udf.Partition{{Values: []string{"2024-11-07"}, HasData: true}, {Values: []string{"2024-11-08"}, HasData: true}, {Values: []string{"2024-11-09"}}}, nil
}

func newCalculator() *calculator {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return &calculator{reg: udf.NewRegistry(All()...), session: &udf.Session{Zone: zone, Now: time.Unix(1_700_000_000, 123_456_000), Strict: true}}
}

// eval is the value of e as a constant column of one row.
func (c *calculator) eval(e syntax.Expr) (*batch.Column, error) {
	switch e := e.(type) {
	case *syntax.NullLit:
		return batch.NullColumn(types.NullType, 1), nil
	case *syntax.BoolLit:
		return batch.DatumColumn(types.BooleanType, e.Value, 1), nil
	case *syntax.StringLit:
		return batch.DatumColumn(types.StringType, e.Value, 1), nil
	case *syntax.BinaryLit:
		return batch.DatumColumn(types.BinaryType, e.Value, 1), nil
	case *syntax.NumberLit:
		return numberColumn(e)
	case *syntax.TypedLit:
		return c.cast(batch.DatumColumn(types.StringType, e.Value, 1), types.Type{Kind: e.Type})
	case *syntax.Unary:
		names := map[syntax.UnaryOp]string{syntax.OpNeg: "neg", syntax.OpBitNot: "~", syntax.OpNot: "not"}
		return c.call(names[e.Op], []syntax.Expr{e.X}, 1)
	case *syntax.Cast:
		x, err := c.eval(e.X)
		if err != nil {
			return nil, err
		}
		return c.cast(x, e.Type)
	case *syntax.Binary:
		return c.call(strings.ToLower(string(e.Op)), []syntax.Expr{e.L, e.R}, 1)
	case *syntax.Logical:
		return c.call(strings.ToLower(string(e.Op)), e.Terms, 1)
	case *syntax.Like:
		return c.call(strings.ToLower(string(e.Op)), []syntax.Expr{e.X, e.Patterns[0]}, 1)
	case *syntax.Extract:
		return c.call(strings.ToLower(string(e.Field)), []syntax.Expr{e.X}, 1)
	case *syntax.Call:
		return c.call(nameOf(e), e.Args, 1)
	case *syntax.ColumnRef:
		if x := c.params[e.Parts[0].Name]; x != nil && len(e.Parts) == 1 {
			return x, nil
		}
	}
	return nil, fmt.Errorf("no %T in examples", e)
}

func nameOf(e *syntax.Call) string { return e.Name.Name }

func numberColumn(e *syntax.NumberLit) (*batch.Column, error) {
	switch {
	case e.Suffix == "BD":
		_, frac, _ := strings.Cut(e.Text, ".")
		t := types.DecimalOf(min(38, len(e.Text)), len(frac))
		v, verdict := decimal.Parse([]byte(e.Text), t.Precision, t.Scale)
		if verdict != decimal.OK {
			return nil, fmt.Errorf("decimal %s", e.Text)
		}
		return batch.DatumColumn(t, v, 1), nil
	case strings.ContainsAny(e.Text, ".eE") || e.Suffix == "D":
		v, err := strconv.ParseFloat(e.Text, 64)
		return batch.DatumColumn(types.DoubleType, v, 1), err
	}
	v, err := strconv.ParseInt(e.Text, 10, 64)
	t := types.IntType
	if e.Suffix == "Y" {
		return batch.DatumColumn(types.TinyIntType, v, 1), err
	}
	if e.Suffix == "L" || v != int64(int32(v)) {
		t = types.BigIntType
	}
	return batch.DatumColumn(t, v, 1), err
}

func (c *calculator) cast(x *batch.Column, t types.Type) (*batch.Column, error) {
	if x.Type.Equal(t) {
		return x, nil
	}
	if x.Type.Kind == types.Null {
		return batch.NullColumn(t, x.N), nil
	}
	cast, err := kernel.NewCast(x.Type, t, c.session, true)
	if err != nil {
		return nil, err
	}
	return cast(nil, x, x.N)
}

func (c *calculator) call(name string, exprs []syntax.Expr, rows int) (*batch.Column, error) {
	f := c.reg.LookupIn(name, c.session.Dialect)
	if f == nil {
		return nil, fmt.Errorf("no function %s", name)
	}
	var cols []*batch.Column
	var args []udf.Arg
	for _, e := range exprs {
		if l, ok := e.(*syntax.Lambda); ok {
			cols, args = append(cols, nil), append(args, udf.Arg{Lambda: len(l.Params)})
			continue
		}
		x, err := c.eval(e)
		if err != nil {
			return nil, err
		}
		cols = append(cols, x)
		args = append(args, udf.Arg{Type: x.Type, Const: true, Value: x.Datum(0)})
	}
	if err := c.lambdaTypes(f, exprs, args); err != nil {
		return nil, err
	}
	sig, err := f.Bind(args)
	if err != nil {
		return nil, err
	}
	call := &udf.Call{Signature: sig, Session: c.session, Seed: 42}
	for i := range cols {
		if l, ok := exprs[i].(*syntax.Lambda); ok {
			call.IsConst, call.Consts = append(call.IsConst, false), append(call.Consts, nil)
			call.Lambdas = append(call.Lambdas, c.lambda(l, sig.Args[i]))
			continue
		}
		call.Lambdas = append(call.Lambdas, nil)
		if cols[i], err = c.cast(cols[i], sig.Args[i]); err != nil {
			return nil, err
		}
		call.IsConst = append(call.IsConst, true)
		call.Consts = append(call.Consts, cols[i].Datum(0))
	}
	if f.Aggregate != nil {
		return runOnce(f, call, cols)
	}
	if f.Planned != nil {
		v, err := f.Planned(fakeCatalog{}, call.Consts)
		return batch.DatumColumn(sig.Returns, v, rows), err
	}
	if f.Window != nil {
		return overOneRow(f, call, cols)
	}
	if rows > 1 {
		spreadRows(cols, rows)
	}
	eval := f.Eval
	if f.New != nil {
		if eval, err = f.New(call); err != nil {
			return nil, err
		}
	}
	out, err := eval(call, cols, rows)
	if err == nil && (!out.Type.Equal(sig.Returns) || out.N != rows) {
		err = fmt.Errorf("%d rows of %s instead of %d of %s", out.N, out.Type, rows, sig.Returns)
	}
	return out, err
}

// spreadRows makes the columns flat, with a NULL in the middle row of each.
func spreadRows(cols []*batch.Column, rows int) {
	for k, x := range cols {
		if x == nil {
			continue
		}
		b := batch.NewBuilder(x.Type)
		for i := range rows {
			if i == rows/2 {
				b.AppendNull(1)
			} else {
				b.AppendDatum(x.Datum(0))
			}
		}
		cols[k] = b.Finish()
	}
}

// runOnce aggregates a single row, by way of a partial state.
func runOnce(f *udf.Function, call *udf.Call, cols []*batch.Column) (*batch.Column, error) {
	part, final := f.Aggregate.New(call), f.Aggregate.New(call)
	part.Resize(1)
	final.Resize(1)
	if err := part.Update([]int32{0}, cols); err != nil {
		return nil, err
	}
	state, err := part.State(0, 1)
	if err != nil {
		return nil, err
	}
	if err := final.Merge([]int32{0}, state); err != nil {
		return nil, err
	}
	return final.Final(0, 1)
}

// overOneRow calls a window function over a partition of a single row.
func overOneRow(f *udf.Function, call *udf.Call, cols []*batch.Column) (*batch.Column, error) {
	eval, err := f.Window.New(call, false)
	if err != nil {
		return nil, err
	}
	ends := []int32{0, 1}
	return eval(&udf.WindowRows{N: 1, Starts: ends, Peers: ends, Frames: &udf.Frames{From: ends[:1], To: ends[1:]}}, cols)
}

// text evaluates an expression to what a result prints.
func (c *calculator) text(expr string) (string, error) {
	e, err := syntax.ParseExpr(expr)
	if err != nil {
		return "", err
	}
	out, err := c.eval(e)
	if err != nil {
		return "", err
	}
	return string(batch.AppendText(nil, out, 0, c.session.Zone)), nil
}

func TestExamples(t *testing.T) {
	c := newCalculator()
	seen := map[string]string{}
	for _, f := range All() {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if other := seen[name]; other != "" {
				t.Errorf("%s is both %s and %s", name, other, f.Name)
			}
			seen[name] = f.Name
		}
		if f.Doc.Summary == "" || f.Doc.Example == "" || f.Family == "" || !strings.HasSuffix(f.Doc.Summary, ".") {
			t.Errorf("%s is not documented", f.Name)
		}
		if f.Table != nil { // TestTableExamples
			continue
		}
		if got, err := c.dialectOf(f).text(f.Doc.Example); err != nil || got != f.Doc.Result {
			t.Errorf("%s: %s is %q, documented as %q (%v)", f.Name, f.Doc.Example, got, f.Doc.Result, err)
		}
	}
	t.Logf("%d functions, %d names", len(All()), len(seen))
}

// seesNulls are the functions that give a value for NULL arguments.
var seesNulls = map[string]bool{"hash": true, "sample_share": true, "decode": true, "is_null": true, "is_not_null": true,
	"is_true": true, "is_false": true, "is_not_true": true, "is_not_false": true,
	"array": true, "map": true, "struct": true, "named_struct": true, "array_repeat": true, "json_array": true, "hash@hive": true}

// TestRowsAgree runs every example over flat columns with a NULL in the middle:
// the other rows must be as the constant ones.
func TestRowsAgree(t *testing.T) {
	c := newCalculator()
	for _, f := range All() {
		e, err := syntax.ParseExpr(f.Doc.Example)
		if err != nil {
			t.Fatal(err)
		}
		call, ok := e.(*syntax.Call)
		if !ok || f.Aggregate != nil || f.Table != nil || f.Window != nil || f.Volatile || f.Planned != nil || f.Name == "json_object" { // a NULL key is an error
			continue
		}
		const rows = 5
		out, err := c.dialectOf(f).call(nameOf(call), call.Args, rows)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		for i := range rows {
			got := string(batch.AppendText(nil, out, i, c.session.Zone))
			switch {
			case i != rows/2 && got != f.Doc.Result:
				t.Errorf("%s: row %d of %s is %q, documented as %q", f.Name, i, f.Doc.Example, got, f.Doc.Result)
			case i == rows/2 && len(call.Args) > 0 && !out.IsNull(i) && !seesNulls[f.Name]:
				t.Errorf("%s: NULL arguments give %q", f.Name, got)
			}
		}
	}
}

func (c *calculator) isNull(expr string) (bool, error) {
	e, err := syntax.ParseExpr(expr)
	if err != nil {
		return false, err
	}
	out, err := c.eval(e)
	return err == nil && out.IsNull(0), err
}
