package operator

import (
	"fmt"
	"time"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/table/parquet"
)

// scanStats is what a scan tells beside what the decorator sees.
type scanStats struct {
	splits, barren int64 // read; left out for runtime filters
	groups, pages  refused
	counts         parquet.Counts
	bytes          int64
	wait           time.Duration
	satisfy        int64 // rows that satisfy the condition
}

// refused counts what is ruled out, by whom: row groups, or rows of pages.
type refused struct{ condition, runtime, lacked int64 }

// passed counts rows that come to a filter and those that pass.
type passed struct{ in, out int64 }

func (p *passed) add(in, out int) {
	p.in += int64(in)
	p.out += int64(out)
}

// refuse makes the function that leaves out ranges of rows; size is what a range
// counts for.
func (s *scan) refuse(r *refused, size func(parquet.Stats) int64) func(parquet.Stats) bool {
	return func(st parquet.Stats) bool {
		switch {
		case s.prune.excludes(st):
			r.condition += size(st)
		case s.ruledOut(st):
			r.runtime += size(st)
		case s.prune.lacked(st): // last, because it may read
			r.lacked += size(st)
		default:
			return false
		}
		return true
	}
}

func oneOf(parquet.Stats) int64     { return 1 }
func rowsOf(st parquet.Stats) int64 { return st.Rows }

func (s *scanStats) file(f *parquet.File) {
	bytes, wait := f.Read()
	s.bytes += bytes
	s.wait += wait
}

func (s *scanStats) reader(c parquet.Counts) {
	s.counts.RowGroups += c.RowGroups
	s.counts.Rows += c.Rows
	s.counts.LateRows += c.LateRows
}

func (s *scan) report(st *physical.Stats) {
	did := &s.did
	st.Waited += int64(did.wait)
	st.Figure("splits", did.splits)
	st.Figure("splits left out by runtime filters", did.barren)
	st.Figure("row groups", int64(did.counts.RowGroups))
	st.Figure("row groups left out by statistics", did.groups.condition)
	st.Figure("row groups left out by runtime filters", did.groups.runtime)
	st.Figure("row groups left out by Bloom filters or dictionaries", did.groups.lacked)
	st.Figure("rows in pages left out by their index", did.pages.condition)
	st.Figure("rows in pages left out by runtime filters", did.pages.runtime)
	st.Figure("bytes read", did.bytes)
	st.Figure("rows read", did.counts.Rows)
	if s.cond != nil {
		st.Figure("rows that satisfy the condition", did.satisfy)
	}
	for _, k := range s.keys {
		name := fmt.Sprintf("runtime filter on %s", s.node.Columns[k.column].Name)
		st.Figure("rows to the "+name, k.passed.in)
		st.Figure("rows through the "+name, k.passed.out)
		st.Note(name+" is "+k.filter.kind(), 1)
	}
	st.Figure("rows of which only filter columns were decoded", did.counts.LateRows)
}

// kind describes a filter.
func (f *KeyFilter) kind() string {
	switch {
	case f.rows == 0:
		return "empty: the join has no build rows"
	case f.exact != nil:
		return "exact: a bit a value between the least and the greatest"
	case f.bloom != nil:
		return "a Bloom filter, with the least and the greatest value"
	}
	return "the least and the greatest value only: the build side is large"
}
