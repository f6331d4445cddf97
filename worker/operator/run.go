package operator

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"unsafe"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

// run is a spilled sequence of batches: a file of blocks in the scratch store.
// A block is a batch's columns, flat or constant, as buffers that start at
// multiples of 8 bytes, so that they are used where they are read. Files never
// outlive their process; there is no header and no version.
type run struct {
	files  store.Store
	path   string
	types  []types.Type
	blocks []block
	rows   int64
	bytes  int64
}

type block struct {
	at   int64
	size int
	rows int
}

// largest is the bytes of the largest block: what a reader holds.
func (r *run) largest() int64 {
	n := 0
	for _, b := range r.blocks {
		n = max(n, b.size)
	}
	return int64(n)
}

// remove deletes the file; it is called when the context may have ended already.
func (r *run) remove() error {
	if err := r.files.Remove(context.Background(), r.path); err != nil {
		return fmt.Errorf("removing spilled data: %w", err)
	}
	return nil
}

// blockBytes is the size of block writers aim for.
const blockBytes = 128 << 10

// blockRows is the number of rows for blocks of about blockBytes.
func blockRows(rows, bytes int64) int {
	if rows == 0 || bytes == 0 {
		return batch.TargetRows
	}
	return int(min(max(blockBytes*rows/bytes, 16), batch.TargetRows))
}

// runWriter writes a run.
type runWriter struct {
	run *run
	w   store.Writer
	buf []byte
}

func newRunWriter(ctx context.Context, env *Env, ts []types.Type) (*runWriter, error) {
	env.runs++
	r := &run{files: env.Scratch, path: path.Join(env.ScratchDir, fmt.Sprintf("run-%d-%d", env.Task, env.runs)), types: ts}
	w, err := env.Scratch.Create(ctx, r.path)
	if err != nil {
		return nil, fmt.Errorf("spilling: %w", err)
	}
	return &runWriter{run: r, w: w}, nil
}

// write appends b as a block.
func (w *runWriter) write(b *batch.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	b = b.Dense()
	w.buf = w.buf[:0]
	for _, c := range b.Columns {
		w.buf = appendColumn(w.buf, c)
	}
	if _, err := w.w.Write(w.buf); err != nil {
		return fmt.Errorf("spilling: %w", err)
	}
	r := w.run
	r.blocks = append(r.blocks, block{at: r.bytes, size: len(w.buf), rows: b.N})
	r.bytes += int64(len(w.buf))
	r.rows += int64(b.N)
	return nil
}

// writeBlocks appends the rows of the dense batch b, which have size bytes, as
// blocks of the usual size: readers hold a block of each run they merge.
func (w *runWriter) writeBlocks(b *batch.Batch, size int64) error {
	step := blockRows(int64(b.N), size)
	for at := 0; at < b.N; at += step {
		if err := w.write(b.Slice(at, min(at+step, b.N))); err != nil {
			return err
		}
	}
	return nil
}

// finish completes the run.
func (w *runWriter) finish() (*run, error) {
	if err := w.w.Commit(); err != nil {
		return nil, fmt.Errorf("spilling: %w", err)
	}
	return w.run, w.w.Close()
}

// abort leaves no file behind.
func (w *runWriter) abort() { w.w.Close() }

// appendColumn writes c: a word (representation, encoding, presence of NULLs),
// then the buffers.
func appendColumn(dst []byte, c *batch.Column) []byte {
	if c.Enc == batch.Dict {
		c = batch.Flatten(c)
	}
	n := c.N
	if c.Enc == batch.Const {
		n = 1
	}
	head := uint64(c.Phys) | uint64(c.Enc)<<8
	if c.Valid != nil {
		head |= 1 << 16
	}
	dst = binary.LittleEndian.AppendUint64(dst, head)
	if c.Valid != nil {
		dst = appendBuffer(dst, batch.BytesOf(c.Valid[:(n+63)/64]))
	}
	switch c.Phys {
	case batch.PhysBool:
		return appendBuffer(dst, c.Data[:(n+63)/64*8])
	case batch.PhysBytes:
		dst = appendOffsets(dst, c.Offsets[:n+1])
		return appendBuffer(dst, c.Data[c.Offsets[0]:c.Offsets[n]])
	case batch.PhysList:
		dst = appendOffsets(dst, c.Offsets[:n+1])
		kid := batch.Slice(c.Children[0], int(c.Offsets[0]), int(c.Offsets[n]))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(kid.N))
		return appendColumn(dst, kid)
	case batch.PhysStruct:
		for _, k := range c.Children {
			dst = appendColumn(dst, batch.Slice(k, 0, n))
		}
		return dst
	}
	return appendBuffer(dst, c.Data[:n*c.Phys.Width()])
}

func appendBuffer(dst, b []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(b)))
	dst = append(dst, b...)
	return append(dst, make([]byte, -len(b)&7)...)
}

// appendOffsets writes offsets counted from the first.
func appendOffsets(dst []byte, offsets []int32) []byte {
	at := len(dst)
	dst = appendBuffer(dst, batch.BytesOf(offsets))
	if base := offsets[0]; base != 0 {
		for i := range offsets {
			binary.LittleEndian.PutUint32(dst[at+8+4*i:], uint32(offsets[i]-base))
		}
	}
	return dst
}

// runReader reads a run's batches in order. A batch is valid until the next.
type runReader struct {
	run  *run
	file store.Reader
	at   int
	buf  []byte
}

func (r *run) open(ctx context.Context) (*runReader, error) {
	f, err := r.files.Open(ctx, r.path)
	if err != nil {
		return nil, fmt.Errorf("reading spilled data: %w", err)
	}
	return &runReader{run: r, file: f}, nil
}

func (r *runReader) next(ctx context.Context) (*batch.Batch, error) {
	if r.at == len(r.run.blocks) {
		return nil, io.EOF
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	b := r.run.blocks[r.at]
	r.at++
	if cap(r.buf) < b.size {
		r.buf = batch.Alloc(b.size)
	}
	r.buf = r.buf[:b.size]
	if n, err := r.file.ReadAt(r.buf, b.at); n < b.size {
		return nil, fmt.Errorf("reading spilled data: %w", err)
	}
	d := &blockDecoder{buf: r.buf}
	out := &batch.Batch{N: b.rows, Columns: make([]*batch.Column, len(r.run.types))}
	for i, t := range r.run.types {
		out.Columns[i] = d.column(t, b.rows)
	}
	return out, nil
}

func (r *runReader) close() error { return r.file.Close() }

type blockDecoder struct{ buf []byte }

func (d *blockDecoder) word() uint64 {
	v := binary.LittleEndian.Uint64(d.buf)
	d.buf = d.buf[8:]
	return v
}

func (d *blockDecoder) buffer() []byte {
	n := int(d.word())
	b := d.buf[:n:n]
	d.buf = d.buf[n+-n&7:]
	return b
}

func (d *blockDecoder) column(t types.Type, rows int) *batch.Column {
	head := d.word()
	c := &batch.Column{Type: t, Phys: batch.Phys(head), Enc: batch.Encoding(head >> 8), N: rows}
	n := rows
	if c.Enc == batch.Const {
		n = 1
	}
	if head>>16&1 != 0 {
		c.Valid = view[uint64](d.buffer())
	}
	switch c.Phys {
	case batch.PhysBytes:
		c.Offsets = view[int32](d.buffer())
		c.Data = d.buffer()
	case batch.PhysList:
		c.Offsets = view[int32](d.buffer())
		kids := int(d.word())
		elem := t.Elem
		if t.Kind == types.Map {
			entry := types.StructOf(types.Field{Name: "key", Type: *t.Key}, types.Field{Name: "value", Type: *t.Elem})
			elem = &entry
		}
		c.Children = []*batch.Column{d.column(*elem, kids)}
	case batch.PhysStruct:
		for _, f := range t.Fields {
			c.Children = append(c.Children, d.column(f.Type, n))
		}
	default:
		c.Data = d.buffer()
	}
	return c
}

// view sees bytes that begin at a multiple of 8 as values.
func view[T int32 | uint64](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}
