package main

import (
	"cmp"
	"slices"
	"testing"

	"github.com/bixidata/bixi/mapreduce/mrtest"
)

func TestWordCount(t *testing.T) {
	j, err := job([]string{"lines", "words"})
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := "hello odps", "hello  world hello", ""
	got, err := mrtest.Run[wordCount](t.Context(), j, mrtest.Rows("lines", &a, nil, &b, &c, &a))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got.Rows, func(a, b wordCount) int { return cmp.Compare(a.Word, b.Word) })
	want := []wordCount{{"hello", 4}, {"odps", 2}, {"world", 1}}
	if !slices.Equal(got.Rows, want) {
		t.Errorf("got %v, want %v", got.Rows, want)
	}
	if n := got.Counters["wordcount: lines without text"]; n != 1 {
		t.Errorf("%d lines without text", n)
	}
}

func TestUsage(t *testing.T) {
	if _, err := job(nil); err == nil {
		t.Error("no arguments are accepted")
	}
}
