package main

import (
	"cmp"
	"slices"
	"testing"

	"github.com/bixidata/bixi/mapreduce/mrtest"
)

func TestJoin(t *testing.T) {
	j, err := job([]string{"users", "visits", "seen"})
	if err != nil {
		t.Fatal(err)
	}
	users := []user{{1, "ada"}, {2, "bo"}, {3, "cy"}, {2, "bob"}}
	visits := []visit{{2, "/"}, {1, "/a"}, {4, "/"}, {1, "/b"}, {2, "/c"}}
	got, err := mrtest.Run[seen](t.Context(), j, mrtest.Rows("users", users...), mrtest.Rows("visits", visits...))
	if err != nil {
		t.Fatal(err)
	}
	var want []seen
	for _, u := range users {
		for _, v := range visits {
			if u.ID == v.User {
				want = append(want, seen{u.ID, u.Name, v.Page})
			}
		}
	}
	order := func(a, b seen) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Page, b.Page))
	}
	slices.SortFunc(got.Rows, order)
	slices.SortFunc(want, order)
	if !slices.Equal(got.Rows, want) {
		t.Errorf("got %v, want %v", got.Rows, want)
	}
}
