package main

import (
	"slices"
	"testing"

	"github.com/bixidata/bixi/mapreduce/mrtest"
)

func TestSecondarySort(t *testing.T) {
	j, err := job([]string{"ss_in", "ss_out"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := mrtest.Run[ranked](t.Context(), j,
		mrtest.Rows("ss_in", pair{1, 2}, pair{2, 1}, pair{1, 1}, pair{2, 2}, pair{1, 9}, pair{1, 5}, pair{3, 0}))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(got.Rows, func(a, b ranked) int { return int(a.Key - b.Key) })
	want := []ranked{{1, 1, 9}, {1, 2, 5}, {1, 3, 2}, {1, 4, 1}, {2, 1, 2}, {2, 2, 1}, {3, 1, 0}}
	if !slices.Equal(got.Rows, want) {
		t.Errorf("got %v, want %v", got.Rows, want)
	}
}
