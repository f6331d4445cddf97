package physical

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// filler fills values with random plain data. depth bounds what is nested.
type filler struct{ *rand.Rand }

var (
	nodeType = reflect.TypeFor[Node]()
	exprType = reflect.TypeFor[scalar.Expr]()
)

func (r filler) fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		// The extremes and small numbers of the kind's own width.
		n := int64(r.Uint64()) >> r.IntN(64)
		v.SetInt(n << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		v.SetUint(r.Uint64() >> (64 - v.Type().Bits()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{0, math.Copysign(0, -1), math.Inf(-1), 1e300, -0.1}[r.IntN(5)])
	case reflect.String:
		v.SetString([]string{"", "a", "两 words", "\x00\xff"}[r.IntN(4)])
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.fill(v.Field(i), depth)
			}
		}
	case reflect.Slice:
		if n := r.IntN(4); n > 0 {
			if depth <= 0 {
				n = 1
			}
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
			for i := range n - 1 {
				r.fill(v.Index(i), depth-1)
			}
		}
	case reflect.Pointer:
		if depth > 0 && r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem(), depth-1)
		}
	case reflect.Interface:
		r.fillInterface(v, depth)
	default:
		panic("a plan holds a " + v.Type().String())
	}
}

func (r filler) fillInterface(v reflect.Value, depth int) {
	if depth <= 0 || r.IntN(5) == 0 {
		return
	}
	var of reflect.Type
	switch v.Type() {
	case nodeType:
		of = reflect.TypeOf(Nodes[r.IntN(len(Nodes))])
	case exprType:
		of = reflect.TypeOf(exprTypes[r.IntN(len(exprTypes))])
	default:
		if d := r.datum(depth); d != nil {
			v.Set(reflect.ValueOf(d))
		}
		return
	}
	p := reflect.New(of.Elem())
	r.fill(p.Elem(), depth-1)
	v.Set(p)
}

func (r filler) datum(depth int) types.Datum {
	switch r.IntN(7) {
	case 0:
		return r.IntN(2) == 0
	case 1:
		return int64(r.Uint64())
	case 2:
		return []float64{math.Inf(1), math.MaxFloat64, 5e-324}[r.IntN(3)]
	case 3:
		return "text"
	case 4:
		return decimal.FromInt64(int64(r.Uint64()))
	case 5:
		list := []types.Datum{}
		for range r.IntN(3) * min(depth, 1) {
			list = append(list, r.datum(depth-1))
		}
		return list
	}
	return nil
}

// TestCodec sends every node of the vocabulary there and back, with random fields.
func TestCodec(t *testing.T) {
	r := filler{rand.New(rand.NewPCG(1, 2))}
	for _, zero := range Nodes {
		for range 50 {
			in := reflect.New(reflect.TypeOf(zero).Elem())
			r.fill(in.Elem(), 4)
			want := in.Interface().(Node)
			got, err := DecodeNode(EncodeNode(want))
			if err != nil {
				t.Fatalf("%T: %v", zero, err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%T came back different\ngot  %#v\nwant %#v", zero, got, want)
			}
		}
	}
}

// TestCodecKeepsNaN: DeepEqual cannot tell.
func TestCodecKeepsNaN(t *testing.T) {
	bits := uint64(0x7ff8000000000123)
	in := &Values{Rows: [][]types.Datum{{math.Float64frombits(bits)}}}
	out, err := DecodeNode(EncodeNode(in))
	if err != nil {
		t.Fatal(err)
	}
	if got := math.Float64bits(out.(*Values).Rows[0][0].(float64)); got != bits {
		t.Errorf("%x came back as %x", bits, got)
	}
}

func TestCodecFragment(t *testing.T) {
	r := filler{rand.New(rand.NewPCG(3, 4))}
	for range 50 {
		var want, got Fragment
		r.fill(reflect.ValueOf(&want).Elem(), 4)
		if err := Decode(Encode(&want), &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v, want %#v", got, want)
		}
	}
}

// TestCodecDamage: damaged bytes give an error or another plan, never a panic.
func TestCodecDamage(t *testing.T) {
	r := filler{rand.New(rand.NewPCG(5, 6))}
	for range 200 {
		in := reflect.New(reflect.TypeOf(Nodes[r.IntN(len(Nodes))]).Elem())
		r.fill(in.Elem(), 4)
		data := EncodeNode(in.Interface().(Node))
		for cut := range min(len(data), 40) {
			if _, err := DecodeNode(data[:len(data)-1-cut]); err == nil {
				t.Fatalf("a plan of %d bytes without the last %d was accepted", len(data), cut+1)
			}
		}
		if _, err := DecodeNode(append(append([]byte{}, data...), 0)); err == nil {
			t.Fatal("a byte too many was accepted")
		}
		for range 50 {
			bad := append([]byte{}, data...)
			for range 1 + r.IntN(3) {
				bad[r.IntN(len(bad))] = byte(r.Uint32())
			}
			_, _ = DecodeNode(bad)
		}
	}
	if _, err := DecodeNode(nil); err == nil {
		t.Error("nothing was accepted as a plan")
	}
	defer func() {
		if recover() == nil {
			t.Error("a node outside the vocabulary was encoded")
		}
	}()
	EncodeNode(&foreign{})
}

// foreign is a node no worker knows.
type foreign struct{ Values }

func TestVocabulary(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range Vocabulary() {
		if name == "" || seen[name] {
			t.Errorf("%q is twice in the vocabulary", name)
		}
		seen[name] = true
	}
}
