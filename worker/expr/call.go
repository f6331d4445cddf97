package expr

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/udf"
)

// callOp applies a function or a cast.
type callOp struct {
	name     string
	pos      diag.Pos
	fn       udf.Eval
	call     *udf.Call
	args     []*node
	volatile bool
	cheap    bool
	cols     []*batch.Column
	peeled   dictionaries
}

func (o *callOp) eval(f *frame) (*batch.Column, error) {
	encoded := o.cols[:0]
	for _, a := range o.args {
		c, err := f.value(a)
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, c)
	}
	o.cols = encoded
	if !o.volatile {
		if allConst(encoded) {
			return o.evalConst(encoded, f.rows)
		}
		if d := o.soleDictionary(encoded); d != nil {
			if r := o.peel(d, encoded, f.rows); r != nil {
				return r, nil
			}
		}
	}
	for i, a := range o.args {
		encoded[i] = f.plain(a)
	}
	r, err := o.fn(o.call, encoded, f.rows)
	if err != nil {
		return nil, locate(err, o.pos, o.name)
	}
	o.call.Row += int64(f.rows)
	return r, nil
}

func allConst(cols []*batch.Column) bool {
	for _, c := range cols {
		if c.Enc != batch.Const {
			return false
		}
	}
	return true
}

// evalConst evaluates one row for all.
func (o *callOp) evalConst(cols []*batch.Column, rows int) (*batch.Column, error) {
	ones := make([]*batch.Column, len(cols))
	for i, c := range cols {
		// Kernels may expect that not all sides of a call are constant.
		one := *c
		one.Enc, one.N = batch.Flat, 1
		if c.IsNull(0) {
			one.Enc = batch.Const
		}
		ones[i] = &one
	}
	r, err := o.lasting(ones, 1)
	if err != nil {
		return nil, locate(err, o.pos, o.name)
	}
	return batch.ConstOf(r, 0, rows), nil
}

// lasting evaluates for results that outlive the batch.
func (o *callOp) lasting(args []*batch.Column, n int) (*batch.Column, error) {
	buffers := o.call.Buffers
	o.call.Buffers = nil
	r, err := o.fn(o.call, args, n)
	o.call.Buffers = buffers
	return r, err
}

// soleDictionary is the one dictionary column among cols, which may occur
// several times, if the other arguments are constant, not only in this batch:
// results are remembered by the dictionary alone. Otherwise it is nil.
func (o *callOp) soleDictionary(cols []*batch.Column) *batch.Column {
	var d *batch.Column
	for i, c := range cols {
		switch {
		case c.Enc == batch.Const && !o.args[i].constant:
			return nil
		case c.Enc == batch.Const:
		case c.Enc == batch.Flat || d != nil && d != c:
			return nil
		default:
			d = c
		}
	}
	return d
}

// dictionaries remembers results over the dictionaries met last.
type dictionaries struct {
	recent [4]*dictionary
	next   int
}

// dictionary is a function's results for the entries of a dictionary.
type dictionary struct {
	of *batch.Column
	// values is flat with an entry for each of the dictionary's; nil as long as
	// the dictionary was met once only, or if an entry fails.
	values *batch.Column
	failed bool
	// nullAt is the entry of values that a NULL row has, or -1 for NULL.
	nullAt int32
}

func (ds *dictionaries) of(dict *batch.Column) *dictionary {
	for _, d := range ds.recent {
		if d != nil && d.of == dict {
			return d
		}
	}
	return nil
}

func (ds *dictionaries) add(dict *batch.Column) *dictionary {
	d := &dictionary{of: dict, nullAt: -1}
	ds.recent[ds.next] = d
	ds.next = (ds.next + 1) % len(ds.recent)
	return d
}

// peel evaluates the function over the dictionary of column d instead of its
// rows, or gives nil where that does not pay or an entry fails: the entry may
// belong to no row, so the rows must be tried.
func (o *callOp) peel(d *batch.Column, cols []*batch.Column, rows int) *batch.Column {
	if d.Borrowed { // its address may come again with other values
		return nil
	}
	known := o.peeled.of(d.Dict)
	if known == nil {
		known = o.peeled.add(d.Dict)
		// A dictionary larger than the batch pays only if it comes again.
		if d.Dict.N > rows {
			return nil
		}
	}
	if known.values == nil && !known.failed {
		o.peelEntries(known, cols)
	}
	if known.failed || d.Valid != nil && !o.peelNull(known, cols) {
		return nil
	}
	return recode(known, d, rows)
}

func (o *callOp) peelEntries(known *dictionary, cols []*batch.Column) {
	n := known.of.N
	known.failed = n == 0 || n > 1<<20
	if known.failed {
		return
	}
	args := make([]*batch.Column, len(cols))
	for i, c := range cols {
		if c.Enc == batch.Const {
			args[i] = sized(c, n)
			continue
		}
		entries := *c.Dict
		entries.Valid = nil
		args[i] = &entries
	}
	values, err := o.lasting(args, n)
	if err != nil {
		known.failed = true
		return
	}
	known.values = batch.Flatten(values)
}

// peelNull finds what the function gives for NULL and adds an entry for it if
// that is not NULL.
func (o *callOp) peelNull(known *dictionary, cols []*batch.Column) bool {
	if known.nullAt >= 0 || known.values.N > known.of.N {
		return true
	}
	args := make([]*batch.Column, len(cols))
	for i, c := range cols {
		args[i] = sized(c, 1)
		if c.Enc != batch.Const {
			args[i] = batch.NullColumn(c.Type, 1)
		}
	}
	v, err := o.lasting(args, 1)
	if err != nil {
		return false
	}
	b := batch.NewBuilder(known.values.Type)
	b.Append(known.values, nil)
	b.Append(batch.ConstOf(v, 0, 1), nil)
	known.values = b.Finish()
	known.nullAt = int32(known.of.N)
	if known.values.IsNull(known.of.N) {
		known.nullAt = -1
	}
	return true
}

// recode is the column of the results for the rows of d.
func recode(known *dictionary, d *batch.Column, rows int) *batch.Column {
	codes, valid, values := d.Codes[:rows], d.Valid, known.values
	if valid != nil && known.nullAt >= 0 {
		codes = make([]int32, rows)
		for i, k := range d.Codes[:rows] {
			if !valid.Get(i) {
				k = known.nullAt
			}
			codes[i] = k
		}
		valid = nil
	}
	if values.Valid != nil {
		valid = validCodes(values.Valid, codes, valid)
	}
	if values.Phys != batch.PhysBool {
		return batch.FromCodes(values, codes, valid)
	}
	out, bits := batch.NewBitmap(rows), values.Bits()
	for i, k := range codes {
		out[uint(i)/64] |= bits[uint32(k)/64] >> (uint32(k) % 64) & 1 << (uint(i) % 64)
	}
	return batch.FromBits(out, rows, valid)
}

// validCodes is the validity of rows whose entry may be NULL.
func validCodes(entries batch.Bitmap, codes []int32, valid batch.Bitmap) batch.Bitmap {
	out := batch.NewBitmap(len(codes))
	for i, k := range codes {
		out[uint(i)/64] |= entries[uint32(k)/64] >> (uint32(k) % 64) & 1 << (uint(i) % 64)
	}
	return batch.And(out, valid, len(codes))
}
