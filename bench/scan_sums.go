package bench

import (
	"bytes"
	"fmt"
	"time"

	"github.com/bixidata/bixi/batch"
)

// scanSums are what the queries ask for.
type scanSums struct {
	sums  [4]int64 // in hundredths
	texts [2][]byte
	day   int64
	rows  int64
	last  []string // of each column
}

func (s *scanSums) add(b *batch.Batch) {
	s.rows += int64(b.N)
	for i := range s.sums {
		for _, v := range batch.Values[int64](batch.Flatten(b.Columns[i])) {
			s.sums[i] += v
		}
	}
	for i := range s.texts {
		c := b.Columns[len(s.sums)+i]
		for row := range c.N {
			if v := c.Bytes(row); bytes.Compare(v, s.texts[i]) > 0 {
				s.texts[i] = append(s.texts[i][:0], v...)
			}
		}
	}
	days := b.Columns[len(scanColumns)-1]
	for row := range days.N {
		s.day = max(s.day, days.Int(row))
	}
	s.last = s.last[:0]
	for _, c := range b.Columns {
		s.last = append(s.last, string(batch.AppendText(nil, c, b.N-1, time.UTC)))
	}
}

// answer is one row: the aggregates, or the last values, and the number of rows.
func (s *scanSums) answer(last bool) *answer {
	values := s.last
	if !last {
		values = nil
		for _, v := range s.sums {
			values = append(values, fmt.Sprintf("%d.%02d", v/100, v%100))
		}
		values = append(values, string(s.texts[0]), string(s.texts[1]), time.Unix(s.day*24*60*60, 0).UTC().Format(time.DateOnly))
	}
	a := &answer{}
	var row []cell
	for i, v := range append(values, fmt.Sprint(s.rows)) {
		c := column{name: "count", exact: true}
		if i < len(scanColumns) {
			if c = (column{name: scanColumns[i].Name, slack: -1}); i < len(s.sums) {
				c.slack = 0
			}
		}
		a.columns = append(a.columns, c)
		row = append(row, cell{text: v})
	}
	a.rows = [][]cell{row}
	return a
}
