package table

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// A DataFile travels from the task that wrote it to the committer as JSON, in
// which a datum is a text whose first letter tells its type.

// MarshalJSON writes the description of a file.
func (f DataFile) MarshalJSON() ([]byte, error) {
	type plain DataFile
	return json.Marshal(struct {
		plain
		Partition []taggedDatum
	}{plain(f), tagged(f.Partition)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *DataFile) UnmarshalJSON(data []byte) error {
	type plain DataFile
	v := struct {
		*plain
		Partition []taggedDatum
	}{plain: (*plain)(f)}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	f.Partition = nil
	for _, d := range v.Partition {
		f.Partition = append(f.Partition, d.v)
	}
	return nil
}

// MarshalJSON writes statistics.
func (s ColumnStats) MarshalJSON() ([]byte, error) {
	type plain ColumnStats
	return json.Marshal(struct {
		plain
		Min, Max taggedDatum
	}{plain(s), taggedDatum{s.Min}, taggedDatum{s.Max}})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *ColumnStats) UnmarshalJSON(data []byte) error {
	type plain ColumnStats
	v := struct {
		*plain
		Min, Max taggedDatum
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	s.Min, s.Max = v.Min.v, v.Max.v
	return nil
}

func tagged(vals []types.Datum) []taggedDatum {
	out := make([]taggedDatum, len(vals))
	for i, v := range vals {
		out[i].v = v
	}
	return out
}

type taggedDatum struct{ v types.Datum }

func (d taggedDatum) MarshalJSON() ([]byte, error) {
	switch v := d.v.(type) {
	case nil:
		return []byte("null"), nil
	case bool:
		return json.Marshal("b" + strconv.FormatBool(v))
	case int64:
		return json.Marshal("i" + strconv.FormatInt(v, 10))
	case float64:
		return json.Marshal("f" + strconv.FormatFloat(v, 'x', -1, 64))
	case string:
		// As bytes: a BINARY bound need not be valid UTF-8.
		return json.Marshal("s" + strconv.QuoteToASCII(v))
	case decimal.Int128:
		return json.Marshal(fmt.Sprintf("d%x,%x", uint64(v.Hi), v.Lo))
	}
	return nil, fmt.Errorf("a %T cannot be a bound or partition value", d.v)
}

func (d *taggedDatum) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return err
	}
	if *text == "" {
		return fmt.Errorf("an empty datum")
	}
	rest := (*text)[1:]
	var err error
	switch (*text)[0] {
	case 'b':
		d.v, err = parsed(strconv.ParseBool(rest))
	case 'i':
		d.v, err = parsed(strconv.ParseInt(rest, 10, 64))
	case 'f':
		d.v, err = parsed(strconv.ParseFloat(rest, 64))
	case 's':
		d.v, err = parsed(strconv.Unquote(rest))
	case 'd':
		var hi, lo uint64
		_, err = fmt.Sscanf(rest, "%x,%x", &hi, &lo)
		d.v = decimal.Int128{Lo: lo, Hi: int64(hi)}
	default:
		err = fmt.Errorf("unknown datum %q", *text)
	}
	return err
}

func parsed[T any](v T, err error) (types.Datum, error) { return v, err }
