package external

import (
	"math"
	"strings"

	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
)

// distinct estimates how many distinct values the columns of a file hold, from
// the dictionaries of the first row group.
func distinct(file *parquet.File, cols []parquet.Column, byName map[string]table.ColumnStats) error {
	if file.RowGroups() == 0 || file.RowGroupRows(0) == 0 {
		return nil
	}
	apart := rangesApart(file, cols)
	for i, c := range cols {
		name := strings.ToLower(c.Name)
		cs := byName[name]
		cs.Apart = apart[i]
		byName[name] = cs
		n, rows, err := file.Dictionary(0, c)
		if err != nil {
			return err
		}
		if n == 0 {
			continue // without a dictionary values rarely repeat; bounds may tell more
		}
		cs.NDV = whole(float64(n), rows, float64(file.Rows()), apart[i])
		byName[name] = cs
	}
	return nil
}

// whole estimates the distinct values among all rows where part of them hold n.
// If the values of row groups lie apart each has as many of its own. Otherwise
// the part is taken for a sample: of d values, each as likely, rows draws show
// d(1 - e^(-rows/d)).
func whole(n, part, all float64, apart bool) float64 {
	if apart {
		return n / part * all
	}
	if n >= 0.999*part {
		return all
	}
	lo, hi := n, all
	for hi-lo > 1e-3*lo {
		d := (lo + hi) / 2
		if d*(1-math.Exp(-part/d)) < n {
			lo = d
		} else {
			hi = d
		}
	}
	return math.Min(lo, all)
}

// rangesApart reports of each column whether few row groups hold values within
// the bounds of the first: the file is ordered by it, nearly.
func rangesApart(file *parquet.File, cols []parquet.Column) []bool {
	out := make([]bool, len(cols))
	overlap := make([]int, len(cols))
	first := file.RowGroupStats(0, cols).Columns
	for g := 1; g < file.RowGroups(); g++ {
		for i, c := range file.RowGroupStats(g, cols).Columns {
			f := first[i]
			if c.Min == nil || c.Max == nil || f.Min == nil || f.Max == nil || table.Compare(c.Min, f.Max) <= 0 && table.Compare(f.Min, c.Max) <= 0 {
				overlap[i]++
			}
		}
	}
	for i := range out {
		out[i] = file.RowGroups() > 2 && 10*overlap[i] <= file.RowGroups()+10
	}
	return out
}
