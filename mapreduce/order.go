package mapreduce

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bixidata/bixi/mapreduce/program"
)

// order settles what rows are sorted, grouped and spread by.
func (d MapReduce[K, V, Out]) order(s *program.Spec, key *codec) (err error) {
	if s.Group, err = ordinals(key, d.GroupBy, key.names()); err != nil {
		return err
	}
	if s.Partition, err = ordinals(key, d.PartitionBy, pick(key.names(), s.Group)); err != nil {
		return err
	}
	sort := d.SortBy
	if len(sort) == 0 {
		for _, n := range key.names() {
			sort = append(sort, SortKey{Column: n})
		}
		if len(d.GroupBy) > 0 {
			sort = leading(sort, d.GroupBy)
		}
	}
	for _, k := range sort {
		at, err := ordinals(key, []string{k.Column}, nil)
		if err != nil {
			return err
		}
		s.Sort = append(s.Sort, program.SortColumn{Column: at[0], Desc: k.Desc})
	}
	for _, g := range s.Group {
		led := false
		for _, k := range s.Sort[:min(len(s.Group), len(s.Sort))] {
			led = led || k.Column == g
		}
		if !led {
			return fmt.Errorf("the grouping column %s is not among the first %d sort columns, so groups would break up", key.fields[g].name, len(s.Group))
		}
	}
	for _, p := range s.Partition {
		if d.Partitioner == nil && !slices.Contains(s.Group, p) {
			return fmt.Errorf("the partition column %s is no grouping column, so groups would break up", key.fields[p].name)
		}
	}
	return nil
}

// leading puts the columns called first at the front.
func leading(sort []SortKey, first []string) []SortKey {
	var head, tail []SortKey
	for _, k := range sort {
		isFirst := false
		for _, n := range first {
			isFirst = isFirst || strings.EqualFold(n, k.Column)
		}
		if isFirst {
			head = append(head, k)
		} else {
			tail = append(tail, k)
		}
	}
	return append(head, tail...)
}

func pick(names []string, at []int) []string {
	out := make([]string, len(at))
	for i, k := range at {
		out[i] = names[k]
	}
	return out
}

// ordinals finds columns of the key; those of otherwise if there are no names.
func ordinals(key *codec, names, otherwise []string) ([]int, error) {
	if len(names) == 0 {
		names = otherwise
	}
	out := make([]int, len(names))
	for i, n := range names {
		if out[i] = key.index(n); out[i] < 0 {
			return nil, fmt.Errorf("the key has no column %s; it has %s", n, strings.Join(key.names(), ", "))
		}
	}
	return out, nil
}
