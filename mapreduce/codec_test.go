package mapreduce

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

type wide struct {
	B    bool
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	Int  int
	F32  float32
	F64  float64
	S    string
	Y    []byte
	T    time.Time
	PB   *bool
	PI8  *int8
	PI16 *int16
	PI32 *int32
	PI64 *int64
	PF32 *float32
	PF64 *float64
	PS   *string
	PT   *time.Time
	Tag  myInt `bixi:"renamed"`
	Skip int64 `bixi:"-"`
	none int64
}

type myInt int32

func ptr[T any](r *rand.Rand, v T) *T {
	if r.IntN(3) == 0 {
		return nil
	}
	return &v
}

func randomWide(r *rand.Rand) wide {
	text := strings.Repeat("é", r.IntN(5))
	at := time.UnixMicro(r.Int64N(4e15) - 2e15).UTC()
	w := wide{
		B: r.IntN(2) == 0, I8: int8(r.Int()), I16: int16(r.Int()), I32: int32(r.Int()), I64: int64(r.Uint64()), Int: r.Int(),
		F32: r.Float32(), F64: r.NormFloat64(), S: text, T: at, Tag: myInt(r.Int()),
		PB: ptr(r, r.IntN(2) == 0), PI8: ptr(r, int8(r.Int())), PI16: ptr(r, int16(r.Int())), PI32: ptr(r, int32(r.Int())),
		PI64: ptr(r, r.Int64()), PF32: ptr(r, r.Float32()), PF64: ptr(r, r.NormFloat64()), PS: ptr(r, text), PT: ptr(r, at),
	}
	if r.IntN(3) > 0 {
		w.Y = []byte(text)
	}
	return w
}

func TestCodecRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	c, err := newCodec[wide]("")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 130 {
		in := newRows[wide](c)
		want := make([]wide, n)
		for i := range want {
			want[i] = randomWide(r)
			in.add(want[i])
		}
		cols := in.columns()
		checkDatums(t, c, want, cols)
		got := make([]wide, n)
		if err := decode(c, cols, got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%d rows differ", n)
		}
	}
}

// checkDatums compares columns with values taken apart by reflection.
func checkDatums(t *testing.T, c *codec, want []wide, cols []*batch.Column) {
	t.Helper()
	names := map[string]string{"renamed": "Tag"}
	for i := range c.fields {
		for k := range want {
			name := c.fields[i].name
			v := reflect.ValueOf(want[k]).FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) || f == names[name] })
			got := cols[i].Datum(k)
			if v.Kind() == reflect.Pointer && !v.IsNil() {
				v = v.Elem()
			}
			var expect types.Datum
			switch x := v.Interface().(type) {
			case time.Time:
				expect = x.UnixMicro()
			case []byte:
				if x != nil {
					expect = string(x)
				}
			default:
				switch {
				case v.Kind() == reflect.Pointer:
				case v.CanInt():
					expect = v.Int()
				case v.CanFloat():
					expect = v.Float()
				default:
					expect = x
				}
			}
			if got != expect {
				t.Fatalf("%s of row %d is %v, want %v", name, k, got, expect)
			}
		}
	}
}

func TestDecodeEncodings(t *testing.T) {
	dict := batch.FromStrings(types.StringType, []string{"a", "bc", ""})
	for name, col := range map[string]*batch.Column{
		"dict":  batch.FromCodes(dict, []int32{1, 0, 1, 2}, nil),
		"slice": batch.Slice(batch.FromStrings(types.StringType, []string{"zz", "bc", "a", "bc", ""}), 1, 5),
	} {
		c, err := newCodec[string]("x")
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, 4)
		for range 2 { // the second time with the dictionary known
			if err := decode(c, []*batch.Column{col}, got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint([]string{"bc", "a", "bc", ""}) {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	c, err := newCodec[*int64]("x")
	if err != nil {
		t.Fatal(err)
	}
	got := make([]*int64, 2)
	for _, v := range []types.Datum{nil, int64(5)} {
		if err := decode(c, []*batch.Column{batch.DatumColumn(types.BigIntType, v, 2)}, got); err != nil {
			t.Fatal(err)
		}
		if v == nil && (got[0] != nil || got[1] != nil) || v != nil && (*got[0] != 5 || *got[1] != 5) {
			t.Errorf("const %v: %v", v, got)
		}
	}
}

// Values outlive the batch they came from, whose memory is used again.
func TestDecodedValuesAreOwned(t *testing.T) {
	type row struct {
		S string
		Y []byte
		P *int64
	}
	c, err := newCodec[row]("")
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("abc")
	nums := []int64{42}
	cols := []*batch.Column{
		batch.FromBytes(types.StringType, text, []int32{0, 3}, nil),
		batch.FromBytes(types.BinaryType, text, []int32{0, 3}, nil),
		batch.FromValues(types.BigIntType, batch.PhysI64, nums, nil),
	}
	got := make([]row, 1)
	if err := decode(c, cols, got); err != nil {
		t.Fatal(err)
	}
	copy(text, "xyz")
	nums[0] = 0
	if got[0].S != "abc" || string(got[0].Y) != "abc" || *got[0].P != 42 {
		t.Errorf("the row became %+v", got[0])
	}
}

// What a program emits may be changed by it afterwards.
func TestEmittedValuesAreOwned(t *testing.T) {
	type row struct {
		Y []byte
		P *int64
	}
	c, err := newCodec[row]("")
	if err != nil {
		t.Fatal(err)
	}
	r := newRows[row](c)
	y, n := []byte("abc"), int64(42)
	r.add(row{y, &n})
	copy(y, "xyz")
	n = 0
	cols := r.columns()
	if string(cols[0].Bytes(0)) != "abc" || cols[1].Int(0) != 42 {
		t.Errorf("the row became %s, %d", cols[0].Bytes(0), cols[1].Int(0))
	}
}

func TestNullNeedsAPointer(t *testing.T) {
	c, err := newCodec[struct{ N int64 }]("")
	if err != nil {
		t.Fatal(err)
	}
	err = decode(c, []*batch.Column{batch.NullColumn(types.BigIntType, 1)}, make([]struct{ N int64 }, 1))
	if err == nil || !strings.Contains(err.Error(), "column n is NULL") {
		t.Errorf("got %v", err)
	}
}

func TestCodecRefuses(t *testing.T) {
	for want, f := range map[string]func(string) (*codec, error){
		"neither":         newCodec[map[string]int],
		"which no column": newCodec[struct{ A []int }],
		"two fields":      newCodec[twice],
	} {
		if _, err := f(""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

type twice struct {
	A int64
	B int64 `bixi:"a"`
}

// Keys are the same to the combiner exactly if they are encoded alike.
func TestKeysAreInjective(t *testing.T) {
	type key struct {
		A string
		P *string
		B string
		N int64
		F float64
	}
	c, err := newCodec[key]("")
	if err != nil {
		t.Fatal(err)
	}
	empty, a := "", "a"
	keys := []key{
		{}, {P: &empty}, {P: &a}, {A: "a"}, {B: "a"}, {A: "a", B: "b"}, {A: "ab"}, {N: 1}, {N: 256}, {F: 1}, {F: math.Inf(1)}, {A: "\x00"},
	}
	seen := map[string]int{}
	for i := range keys {
		e := string(c.appendKey(nil, unsafe.Pointer(&keys[i])))
		if j, ok := seen[e]; ok {
			t.Errorf("%+v and %+v have one encoding", keys[i], keys[j])
		}
		seen[e] = i
	}
}
