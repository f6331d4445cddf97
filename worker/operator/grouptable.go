package operator

import (
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// groupTable numbers the distinct keys it is shown, from 0 in order of
// appearance. Equality is that of batch.HashColumns: NULL equals NULL, all
// zeros of a float are one and so are its NaNs.
type groupTable interface {
	// assign writes the group of each row to ids. hashes are the keys' hashes.
	assign(keys []*batch.Column, hashes []uint64, ids []int32)
	// hashes gives the groups' hashes.
	hashes() []uint64
	// keys gives the key columns of groups [from, to), owned by the caller.
	keys(from, to int) []*batch.Column
	// textBytes is the sum of the lengths of the texts of all groups' keys.
	textBytes() int64
	// size is the bytes held; growth the most that n more rows may add.
	size() int64
	growth(keys []*batch.Column, n int) int64
	// empty forgets the groups but not the memory; false if that is not worth while.
	empty() bool
}

// newGroupTable picks the table for keys of these types.
func newGroupTable(ts []types.Type) groupTable {
	l := packLayout(ts)
	switch l.words {
	case 1:
		return newFixedTable[[1]uint64](l)
	case 2:
		return newFixedTable[[2]uint64](l)
	}
	return newWideTable(l)
}

// startSlots is the size a hash table begins with.
const startSlots = 1024

// roomySlots is the size up to which a table is at most a quarter full, so that
// nearly every row finds its group in the first slot; a larger one, whose memory
// counts, is at most half full.
const roomySlots = 1 << 14

// crowded reports that a table of that many slots is too small for n groups.
func crowded(slots, n int) bool { return 2*n > slots || slots < roomySlots && 4*n > slots }

// slotsFor is the number of slots for n groups.
func slotsFor(slots, n int) int {
	for crowded(slots, n) {
		slots *= 2
	}
	return slots
}

// homeShift is by how much the lower half of a hash is shifted to give its slot in
// a table of that many slots. Slots so follow the order of the hashes, and a table that
// grows is read and written from front to back. The upper halves of the hashes of
// a partition begin alike, so they would not spread.
func homeShift(slots int) uint { return uint(32 - bits.TrailingZeros(uint(slots))) }

// appendGrown appends to a slice that grows by a quarter once it is large, so
// that little of the memory reserved for it stays unused.
func appendGrown[T any](s []T, vals ...T) []T {
	if len(s)+len(vals) > cap(s) {
		grown := make([]T, len(s), len(s)+max(len(vals), grownBy(len(s))))
		copy(grown, s)
		s = grown
	}
	return append(s, vals...)
}

// grownBy is how much a full slice of n values grows.
func grownBy(n int) int {
	if n < 128<<10 {
		return max(1024, n)
	}
	return n / 4
}

// capGrowth is the most that n appends to a slice of length used add to its capacity.
func capGrowth(have, used, n int) int {
	if used+n <= have {
		return 0
	}
	return used + n - have + grownBy(used+n)
}
