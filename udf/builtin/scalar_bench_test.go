package builtin

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func BenchmarkScalars(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	n := batch.TargetRows
	days, micros, dec, double, text := make([]int32, n), make([]int64, n), make([]int64, n), make([]float64, n), make([]string, n)
	for i := range n {
		days[i], micros[i], dec[i], double[i] = r.Int32N(20000), r.Int64N(1e15), r.Int64N(1e7), r.Float64()*1e4
		text[i] = []string{"13-345-233-1212", "DELIVER IN PERSON", "a,b,c,d", `{"a":{"b":"x"}}`}[r.IntN(4)]
	}
	date := batch.FromValues(types.DateType, batch.PhysI32, days, nil)
	ts := batch.FromValues(types.DatetimeType, batch.PhysI64, micros, nil)
	amount := batch.FromValues(types.DecimalOf(12, 2), batch.PhysI64, dec, nil)
	real := batch.FromValues(types.DoubleType, batch.PhysF64, double, nil)
	str := batch.FromStrings(types.StringType, text)
	long := func(v int64) *batch.Column { return batch.DatumColumn(types.BigIntType, v, n) }
	lit := func(s string) *batch.Column { return batch.DatumColumn(types.StringType, s, n) }
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []*batch.Column
	}{
		{"year", []*batch.Column{date}}, {"year", []*batch.Column{ts}}, {"date_add", []*batch.Column{date, long(3)}}, {"dateadd", []*batch.Column{ts, long(1), lit("mm")}},
		{"datediff", []*batch.Column{ts, ts, lit("dd")}}, {"date_format", []*batch.Column{ts, lit("yyyy-mm-dd")}}, {"abs", []*batch.Column{real}}, {"abs", []*batch.Column{amount}}, {"round", []*batch.Column{real, long(2)}}, {"round", []*batch.Column{amount, long(1)}}, {"floor", []*batch.Column{real}},
		{"substr", []*batch.Column{str, long(1), long(2)}}, {"upper", []*batch.Column{str}}, {"length", []*batch.Column{str}}, {"instr", []*batch.Column{str, lit("c")}}, {"split", []*batch.Column{str, lit(",")}}, {"regexp_replace", []*batch.Column{str, lit("[0-9]+"), lit("#")}},
		{"get_json_object", []*batch.Column{str, lit("$.a.b")}}, {"md5", []*batch.Column{str}}, {"hash", []*batch.Column{str, date}}, {"rand", nil},
	} {
		name := c.name
		if len(c.args) > 0 {
			name += "/" + c.args[0].Type.Kind.String()
		}
		b.Run(name, func(b *testing.B) {
			f := udf.NewRegistry(library()...).Lookup(c.name)
			call := &udf.Call{Session: &udf.Session{Zone: zone}, Buffers: &batch.Buffers{}}
			var args []udf.Arg
			for _, a := range c.args {
				arg := udf.Arg{Type: a.Type, Const: a.Enc == batch.Const}
				if arg.Const {
					arg.Value = a.Datum(0)
				}
				args = append(args, arg)
				call.IsConst, call.Consts = append(call.IsConst, arg.Const), append(call.Consts, arg.Value)
			}
			if call.Signature, err = f.Bind(args); err != nil {
				b.Fatal(err)
			}
			eval := f.Eval
			if f.New != nil {
				if eval, err = f.New(call); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				call.Buffers.Reset()
				if _, err := eval(call, c.args, n); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}
