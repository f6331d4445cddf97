package server

import (
	"reflect"
	"testing"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/planner/physical"
)

// A program and its counters come through the wire as they are.
func TestProgramOverTheWire(t *testing.T) {
	cols := []program.Column{{Name: "k", Type: "BIGINT", Nullable: true}}
	r := Request{Text: "mr run x", User: "u", State: State{Project: "p", Settings: map[string]string{}}, Program: &Program{
		Program: physical.Program{Name: "x", Path: "/bin/x", Digest: "ff", Args: []string{"a", ""}},
		Spec: program.Spec{
			Version: program.Version, Name: "x", Inputs: []program.Input{{Table: "t", Where: "k > 1", Columns: cols}}, Keys: cols, Values: cols,
			Sort: []program.SortColumn{{Column: 0, Desc: true}}, Group: []int{0}, Partition: []int{0}, Output: program.Output{Table: "o", Columns: cols},
		},
	}}
	got := requestOf(requestMessage(r))
	got.State.Settings = r.State.Settings
	if !reflect.DeepEqual(got, r) {
		t.Errorf("got %+v, want %+v", got.Program, r.Program)
	}
	if p := requestOf(requestMessage(Request{Text: "select 1"})).Program; p != nil {
		t.Errorf("a statement has become the program %+v", p)
	}
	o := Outcome{Counters: map[string]int64{"g\tn": 7}}
	if got := outcomeOf(doneMessage(nil, o)); got.Counters["g\tn"] != 7 {
		t.Errorf("counters are %v", got.Counters)
	}
}
