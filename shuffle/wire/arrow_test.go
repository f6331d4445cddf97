package wire

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// A frame's messages after a schema message are an Arrow IPC stream that Arrow's
// own reader understands.
func TestFramesAreArrowIPC(t *testing.T) {
	schema := types.Schema{{Name: "d", Type: types.StringType}, {Name: "i", Type: types.BigIntType}, {Name: "b", Type: types.BooleanType},
		{Name: "w", Type: types.DecimalOf(30, 2)}, {Name: "l", Type: types.ArrayOf(types.IntType)}}
	dict := batch.FromStrings(types.StringType, []string{"a long enough text", "another text"})
	ints := batch.NewBuilder(types.BigIntType)
	lists := batch.NewBuilder(schema[4].Type)
	bools := batch.NewBuilder(types.BooleanType)
	for i := range 70 {
		ints.AppendDatum([]types.Datum{int64(i), nil}[i%2])
		bools.AppendDatum(i%3 == 0)
		lists.AppendDatum([]types.Datum{int64(i), int64(-i)}[:i%3])
	}
	codes := make([]int32, 70)
	codes[3] = 1
	b := batch.New(70, batch.FromCodes(dict, codes, nil), ints.Finish(), bools.Finish(),
		batch.NewFixed(schema[3].Type, 70), lists.Finish())

	want := batch.ToArrowDict(b, schema)
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(want.Schema()))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	end := append([]byte(nil), stream.Bytes()[stream.Len()-8:]...)
	stream.Truncate(stream.Len() - 8)
	frame := Append(nil, b)
	forms := pad8(len(schema) + 1)
	stream.Write(frame[HeaderSize+forms:])
	stream.Write(end)

	r, err := ipc.NewReader(&stream)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for i := range schema {
		if g, w := fmt.Sprint(got.Column(i)), fmt.Sprint(want.Column(i)); g != w {
			t.Errorf("column %s:\ngot  %s\nwant %s", schema[i].Name, g, w)
		}
	}
	if r.Next() {
		t.Error("there is more")
	}
}
