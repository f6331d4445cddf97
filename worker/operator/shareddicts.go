package operator

import (
	"github.com/bixidata/bixi/batch"
)

// sharedDicts gives equal dictionaries of the batches of an exchange one address.
// Batches that were encoded on their way come each with a copy of its own, of which
// operators would have to learn anew what they know of the last.
type sharedDicts struct {
	last []*batch.Column // by column
}

// share is b with the dictionaries of earlier batches where these are the same.
func (s *sharedDicts) share(b *batch.Batch) *batch.Batch {
	var out *batch.Batch
	for i, c := range b.Columns {
		if c.Enc != batch.Dict || !c.Lasts() {
			continue
		}
		if s.last == nil {
			s.last = make([]*batch.Column, len(b.Columns))
		}
		last := s.last[i]
		if c.Dict == last {
			continue
		}
		if last == nil || c.Dict.N > keepDict || !batch.Identical(c.Dict, last) {
			s.last[i] = c.Dict
			continue
		}
		if out == nil {
			out = &batch.Batch{Columns: append([]*batch.Column(nil), b.Columns...), N: b.N, Sel: b.Sel}
		}
		same := *c
		same.Dict = last
		out.Columns[i] = &same
	}
	if out != nil {
		return out
	}
	return b
}
