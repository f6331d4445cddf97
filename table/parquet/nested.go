package parquet

import (
	"fmt"
	"io"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// newColumnReader makes the reader of n as the target type.
func newColumnReader(n *node, target types.Type) (columnReader, error) {
	if n.leaf >= 0 && n.maxRep == 0 {
		if err := canRead(n.leafType, target); err != nil {
			return nil, err
		}
		r := &leafReader{leaf: n.leaf}
		r.flat.pages = pageReader{leaf: n.leafType, target: target, maxDef: byte(n.def)}
		return r, nil
	}
	r := &nestedReader{}
	var err error
	if r.root, err = r.part(n, target); err != nil {
		return nil, err
	}
	return r, nil
}

// part is a node of a nested column with the type it is read as.
type part struct {
	*node
	target types.Type
	kids   []*part // as the target has them; nil for a struct field the file has not got
	stream *stream // of the first leaf below, which tells the structure
}

// nestedReader reads ARRAY, MAP and STRUCT columns: all levels and values of a
// batch's rows are gathered from each leaf, then put together from the root down.
type nestedReader struct {
	root    *part
	streams []*stream
}

// part matches n with the target type, making a stream for each leaf.
func (r *nestedReader) part(n *node, target types.Type) (*part, error) {
	p := &part{node: n, target: target}
	if n.leaf >= 0 {
		if err := canRead(n.leafType, target); err != nil {
			return nil, err
		}
		p.stream = &stream{leaf: n.leaf, typ: target}
		p.stream.pages = pageReader{leaf: n.leafType, target: target, maxDef: byte(n.def), maxRep: byte(n.maxRep)}
		r.streams = append(r.streams, p.stream)
		return p, nil
	}
	if n.typ.Kind != target.Kind {
		return nil, fmt.Errorf("%s values cannot be read as %s", n.typ, target)
	}
	var kids []*node
	var want []types.Type
	switch target.Kind {
	case types.Array:
		kids, want = n.kids, []types.Type{*target.Elem}
	case types.Map:
		kids, want = n.kids[0].kids, []types.Type{*target.Key, *target.Elem}
	default:
		for _, f := range target.Fields {
			kids, want = append(kids, n.kid(f.Name)), append(want, f.Type)
		}
	}
	for i, k := range kids {
		if k == nil {
			p.kids = append(p.kids, nil)
			continue
		}
		kp, err := r.part(k, want[i])
		if err != nil {
			return nil, err
		}
		p.kids = append(p.kids, kp)
		if p.stream == nil {
			p.stream = kp.stream
		}
	}
	if p.stream == nil {
		return nil, fmt.Errorf("no field of %s is in %s", target, n.typ)
	}
	return p, nil
}

// kid is the struct field of that name, or nil.
func (n *node) kid(name string) *node {
	for _, k := range n.kids {
		if strings.EqualFold(k.name, name) {
			return k
		}
	}
	return nil
}

func (r *nestedReader) start(g *rowGroup) error {
	for _, s := range r.streams {
		s.pages.start(g.chunk(s.leaf))
		s.pos, s.vpos, s.at, s.rows = 0, 0, 0, g.rows
	}
	return nil
}

func (r *nestedReader) read(row int64, n int) (*batch.Column, error) {
	for _, s := range r.streams {
		if err := s.read(row, n); err != nil {
			return nil, err
		}
	}
	c := r.root.build(0, 0)
	if c.N != n {
		return nil, errLevels
	}
	return c, nil
}

func (r *nestedReader) gather(c *batch.Column, sel []int32) *batch.Column {
	b := batch.NewBuilder(c.Type)
	b.Append(c, sel)
	return b.Finish()
}

func (r *nestedReader) close() {
	for _, s := range r.streams {
		s.pages.close()
	}
}

// build puts the entries of p together that its parent has: those whose
// repetition level is at most rep and whose definition level is at least def.
func (p *part) build(rep, def byte) *batch.Column {
	s := p.stream
	entries := make([]byte, 0, len(s.def)) // their definition levels
	for i, d := range s.def {
		if d >= def && s.repAt(i) <= rep {
			entries = append(entries, d)
		}
	}
	if p.leaf >= 0 {
		return p.buildLeaf(entries)
	}
	out := &batch.Column{Type: p.target, Phys: batch.PhysOf(p.target), N: len(entries)}
	if p.optional {
		out.Valid = batch.NewBitmap(len(entries))
		for i, d := range entries {
			out.Valid.SetTo(i, d >= byte(p.def))
		}
	}
	switch p.target.Kind {
	case types.Struct:
		for i, k := range p.kids {
			if k == nil {
				out.Children = append(out.Children, batch.Flatten(batch.NullColumn(p.target.Fields[i].Type, out.N)))
			} else {
				out.Children = append(out.Children, k.build(rep, def))
			}
		}
	default:
		out.Offsets = p.offsets(rep, def)
		inner, exists := byte(p.rep), byte(p.elemDef)
		if p.target.Kind == types.Array {
			out.Children = []*batch.Column{p.kids[0].build(inner, exists)}
			break
		}
		key, value := p.kids[0].build(inner, exists), p.kids[1].build(inner, exists)
		entry := types.StructOf(types.Field{Name: "key", Type: *p.target.Key}, types.Field{Name: "value", Type: *p.target.Elem})
		out.Children = []*batch.Column{{Type: entry, Phys: batch.PhysStruct, N: key.N, Children: []*batch.Column{key, value}}}
	}
	return out
}

// offsets counts the elements of each list.
func (p *part) offsets(rep, def byte) []int32 {
	s := p.stream
	var out []int32
	n := int32(0)
	for i, d := range s.def {
		r := s.repAt(i)
		if d >= def && r <= rep {
			out = append(out, n)
		}
		if r <= byte(p.rep) && d >= byte(p.elemDef) {
			n++
		}
	}
	return append(out, n)
}

func (p *part) buildLeaf(entries []byte) *batch.Column {
	full := byte(p.def)
	m := count(entries, full)
	c := p.stream.vals.Finish()
	if m != c.N {
		panic(errLevels) // recovered: the file is corrupt
	}
	if m == len(entries) {
		return c
	}
	return expand(c, entries, full, &scratch{}, &scratch{})
}

// stream gathers the levels and values of one leaf, a batch of rows at a time.
type stream struct {
	leaf  int
	typ   types.Type
	pages pageReader
	rows  int64 // of the row group
	at    int64 // next row
	pos   int   // level in the page
	vpos  int   // value in the page

	def, rep []byte // of the batch; rep is empty if the leaf does not repeat
	vals     *batch.Builder
}

func (s *stream) repAt(i int) byte {
	if len(s.rep) == 0 {
		return 0
	}
	return s.rep[i]
}

// read gathers rows [row, row+n).
func (s *stream) read(row int64, n int) error {
	if row > s.at {
		at, err := s.pages.jump(row, s.at)
		if err != nil {
			return err
		}
		if at != s.at {
			s.at, s.pos, s.vpos = at, 0, 0
		}
	}
	for s.at < row {
		k := int(min(row-s.at, batch.TargetRows))
		if err := s.gather(k); err != nil {
			return err
		}
	}
	return s.gather(n)
}

// gather takes the levels of the next n rows, up to where the row after begins.
func (s *stream) gather(n int) error {
	s.def, s.rep = s.def[:0], s.rep[:0]
	s.vals = batch.NewBuilder(s.typ)
	s.at += int64(n)
	begun := 0
	for {
		if s.pos == s.pages.n {
			err := s.pages.next()
			if err == io.ErrUnexpectedEOF && begun == n && s.at == s.rows {
				return nil
			}
			if err != nil {
				return err
			}
			s.pos, s.vpos = 0, 0
		}
		if done, err := s.take(&begun, n); done || err != nil {
			return err
		}
	}
}

// take takes levels from the page until n rows have begun and one more would.
func (s *stream) take(begun *int, n int) (done bool, err error) {
	p := &s.pages
	end := s.pos
	for ; end < p.n; end++ {
		if len(p.rep) == 0 || p.rep[end] == 0 {
			if *begun == n {
				done = true
				break
			}
			*begun++
		}
	}
	m := end - s.pos
	if p.def == nil {
		for range m {
			s.def = append(s.def, p.maxDef)
		}
	} else {
		s.def = append(s.def, p.def[s.pos:end]...)
		m = count(p.def[s.pos:end], p.maxDef)
	}
	if len(p.rep) > 0 {
		s.rep = append(s.rep, p.rep[s.pos:end]...)
	}
	if m > 0 {
		c, err := p.values(s.vpos, s.vpos+m, &scratch{}, new(batch.Column))
		if err != nil {
			return false, err
		}
		s.vals.Append(c, nil)
	}
	s.pos, s.vpos = end, s.vpos+m
	return done, nil
}
