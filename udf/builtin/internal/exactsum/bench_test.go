package exactsum

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchmarkGroups measures what a group of so many terms costs apart from Add.
func benchmarkGroups(b *testing.B, terms int, f func(s *Sums, states [][]byte)) {
	const groups = 4096
	r := rand.New(rand.NewPCG(1, 2))
	var s Sums
	s.Resize(groups)
	states := make([][]byte, groups)
	for g := range groups {
		for range terms {
			s.AddOne(g, r.Float64()*100)
		}
		states[g] = s.AppendState(nil, g)
	}
	for b.Loop() {
		f(&s, states)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/groups, "ns/group")
}

func state(s *Sums, states [][]byte) {
	var out []byte
	for g := range states {
		out = s.AppendState(out[:0], g)
	}
}

func merge(_ *Sums, states [][]byte) {
	var s Sums
	s.Resize(len(states))
	for range 4 {
		for g, st := range states {
			if err := s.Merge(g, st); err != nil {
				panic(err)
			}
		}
	}
}

// BenchmarkAdd measures what a term costs, beside additions that depend on the order.
func BenchmarkAdd(b *testing.B) {
	const terms = 4096
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 4, 16, 4096} {
		groups, vals, naive := make([]int32, terms), make([]float64, terms), make([]float64, n)
		for i := range vals {
			groups[i], vals[i] = int32(r.IntN(n)), r.Float64()*100
		}
		var s Sums
		s.Resize(n)
		for name, add := range map[string]func(){
			"exact": func() { Add(&s, groups, vals, nil) },
			"naive": func() {
				for i, g := range groups {
					naive[g] += vals[i]
				}
			},
		} {
			b.Run(fmt.Sprintf("groups=%d/%s", n, name), func(b *testing.B) {
				for b.Loop() {
					add()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/terms, "ns/term")
			})
		}
	}
}

var sink float64

func read(s *Sums, states [][]byte) {
	for g := range states {
		sink += s.Float64(g)
	}
}

func BenchmarkState1(b *testing.B)   { benchmarkGroups(b, 1, state) }
func BenchmarkState100(b *testing.B) { benchmarkGroups(b, 100, state) }
func BenchmarkMerge1(b *testing.B)   { benchmarkGroups(b, 1, merge) }
func BenchmarkMerge100(b *testing.B) { benchmarkGroups(b, 100, merge) }
func BenchmarkFloat1(b *testing.B)   { benchmarkGroups(b, 1, read) }
func BenchmarkFloat100(b *testing.B) { benchmarkGroups(b, 100, read) }
func BenchmarkResize(b *testing.B) {
	for b.Loop() {
		var s Sums
		for n := range 64 {
			s.Resize(64 * n)
		}
	}
}
