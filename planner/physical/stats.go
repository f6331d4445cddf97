package physical

import (
	"slices"
	"time"
)

// Stats is what the operator of a node did, in one task or in several added up.
// Workers send it as JSON with what else they tell of an attempt. Its tree has the
// shape of the plan's.
type Stats struct {
	Rows    int64 `json:"rows"` // given out
	Batches int64 `json:"batches"`
	Bytes   int64 `json:"bytes"` // of the columns given out, without shared dictionaries
	// Nanos is the time spent inside the operator and all below it; Waited is what of
	// the operator's own time went by in the exchange, in reads of files, or until
	// another task had made what they share.
	Nanos        int64 `json:"nanos"`
	Waited       int64 `json:"waited,omitempty"`
	PeakMemory   int64 `json:"memory,omitempty"` // bytes reserved at most
	SpilledBytes int64 `json:"spilled,omitempty"`
	// Columns counts the values of each column given out, by their encoding.
	Columns []Encodings `json:"columns,omitempty"`
	// Figures and Notes are what an operator of this kind tells beside: numbers,
	// and what it decided while it ran.
	Figures []Figure `json:"figures,omitempty"`
	Notes   []Note   `json:"notes,omitempty"`
	// Counters are those of MapReduce code, by the program's keys.
	Counters map[string]int64 `json:"counters,omitempty"`
	Children []*Stats         `json:"inputs,omitempty"`
}

// Encodings counts values that are flat, dictionary codes, or a constant.
type Encodings [3]int64

// Figure is a number with its name, which begins with "bytes " if it counts these.
type Figure struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// Note is a sentence and the number of tasks that it is true of.
type Note struct {
	Text  string `json:"text"`
	Tasks int    `json:"tasks"`
}

// Self is the time spent in the operator without its inputs.
func (s *Stats) Self() time.Duration {
	n := s.Nanos
	for _, c := range s.Children {
		n -= c.Nanos
	}
	return time.Duration(max(n, 0))
}

// Figure adds n to the figure of that name; figures that are 0 are left out.
func (s *Stats) Figure(name string, n int64) {
	if n == 0 {
		return
	}
	if i := slices.IndexFunc(s.Figures, func(f Figure) bool { return f.Name == name }); i >= 0 {
		s.Figures[i].Value += n
		return
	}
	s.Figures = append(s.Figures, Figure{name, n})
}

// Note says that text is true of so many tasks more.
func (s *Stats) Note(text string, tasks int) {
	if i := slices.IndexFunc(s.Notes, func(n Note) bool { return n.Text == text }); i >= 0 {
		s.Notes[i].Tasks += tasks
		return
	}
	s.Notes = append(s.Notes, Note{text, tasks})
}

// Add adds what another task did in the same plan; peaks take the larger.
func (s *Stats) Add(o *Stats) {
	s.Rows += o.Rows
	s.Batches += o.Batches
	s.Bytes += o.Bytes
	s.Nanos += o.Nanos
	s.Waited += o.Waited
	s.PeakMemory = max(s.PeakMemory, o.PeakMemory)
	s.SpilledBytes += o.SpilledBytes
	if s.Columns == nil {
		s.Columns = slices.Clone(o.Columns)
	} else {
		for i := range min(len(s.Columns), len(o.Columns)) {
			for e := range s.Columns[i] {
				s.Columns[i][e] += o.Columns[i][e]
			}
		}
	}
	for _, f := range o.Figures {
		s.Figure(f.Name, f.Value)
	}
	for _, n := range o.Notes {
		s.Note(n.Text, n.Tasks)
	}
	for i := range min(len(s.Children), len(o.Children)) {
		s.Children[i].Add(o.Children[i])
	}
}
