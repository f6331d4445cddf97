package parquet

import "github.com/bixidata/bixi/batch"

// joiner puts together the pieces of a batch that crosses pages. Codes and
// fixed-width values go to reused memory; texts, and pieces that differ in
// representation, to a column of their own.
type joiner struct {
	pieces int
	n      int // rows so far
	want   int
	out    *batch.Column // while all pieces have its representation
	values scratch
	valid  scratch
	other  *batch.Builder // else
}

// begin starts a column of n rows.
func (j *joiner) begin(n int) {
	j.pieces, j.n, j.want = 0, 0, n
	j.out, j.other = nil, nil
}

// add appends c, which is copied.
func (j *joiner) add(c *batch.Column) {
	defer func() { j.pieces++; j.n += c.N }()
	if j.other != nil {
		j.other.Append(c, nil)
		return
	}
	if j.pieces == 0 && joins(c) {
		j.out = &batch.Column{Type: c.Type, Phys: c.Phys, Enc: c.Enc, Dict: c.Dict}
		if c.Enc == batch.Dict {
			j.out.Codes = fixed[int32](&j.values, j.want)
		} else {
			j.out.Data = j.bytes(c.Phys.Width() * j.want)
		}
	}
	if o := j.out; o == nil || c.Enc != o.Enc || c.Dict != o.Dict || c.Phys != o.Phys {
		j.other = batch.NewBuilder(c.Type)
		if j.out != nil {
			j.other.Append(j.soFar(), nil)
		}
		j.other.Append(c, nil)
		return
	}
	j.appendValid(c)
	if c.Enc == batch.Dict {
		copy(j.out.Codes[j.n:], c.Codes)
	} else {
		copy(j.out.Data[j.n*c.Phys.Width():], c.Data[:c.N*c.Phys.Width()])
	}
}

func joins(c *batch.Column) bool {
	return c.Enc == batch.Dict || c.Enc == batch.Flat && c.Phys.Width() > 0
}

func (j *joiner) bytes(n int) []byte { return batch.BytesOf(j.values.grow((n + 7) / 8))[:n] }

func (j *joiner) appendValid(c *batch.Column) {
	if c.Valid == nil && j.out.Valid == nil {
		return
	}
	if j.out.Valid == nil {
		j.out.Valid = j.valid.bitmap(j.want)
		j.out.Valid.CopyBits(0, nil, 0, j.n)
	}
	j.out.Valid.CopyBits(j.n, c.Valid, 0, c.N)
}

// soFar is the column of the rows added until now.
func (j *joiner) soFar() *batch.Column {
	c := *j.out
	c.N = j.n
	if c.Enc == batch.Dict {
		c.Codes = c.Codes[:j.n]
	} else {
		c.Data = c.Data[:j.n*c.Phys.Width()]
	}
	return &c
}

// finish is the whole column.
func (j *joiner) finish() *batch.Column {
	if j.other != nil {
		return j.other.Finish()
	}
	return j.soFar()
}
