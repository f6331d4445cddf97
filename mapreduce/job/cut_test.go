package job

import (
	"strings"
	"testing"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

func scan(id, tasks int) *physical.Scan {
	s := &physical.Scan{ID: id, Table: "t", Columns: []physical.ScanColumn{{Name: "a", Type: types.BigIntType}}, Output: []int{0}}
	for i := range tasks {
		s.Splits = append(s.Splits, []physical.Split{{Path: strings.Repeat("x", i+1)}})
	}
	return s
}

func exchange(in physical.Node, kind physical.ExchangeKind, partitions int, mode physical.Mode) *physical.Exchange {
	key := &scalar.Column{ID: 0, Name: "a", Typ: types.BigIntType}
	return &physical.Exchange{Unary: physical.Unary{Input: in}, Kind: kind, Keys: []scalar.Expr{key}, Partitions: partitions, Mode: mode}
}

func TestCut(t *testing.T) {
	left := exchange(scan(1, 3), physical.Hash, 4, physical.Durable)
	right := exchange(scan(2, 2), physical.Hash, 4, physical.Durable)
	key := []scalar.Expr{&scalar.Column{Typ: types.BigIntType}}
	join := &physical.HashJoin{Binary: physical.Binary{Left: left, Right: right}, LeftKeys: key, RightKeys: key}
	j, err := Cut("j", exchange(join, physical.Gather, 1, physical.Pipelined), physical.Fragment{Zone: "UTC", BatchRows: 7})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range j.Stages {
		line := s.Label
		for _, in := range s.Inputs {
			line += " " + in.Mode.String()
		}
		got = append(got, line)
	}
	if text := strings.Join(got, "; "); text != "M1; M2; J3_1_2 durable durable; R4_3 pipelined" {
		t.Errorf("stages are %s", text)
	}
	for i, want := range []int{3, 2, 4, 1} {
		if j.Stages[i].Tasks != want {
			t.Errorf("stage %d has %d tasks, not %d", i, j.Stages[i].Tasks, want)
		}
	}
	fragments, err := Fragments(j)
	if err != nil {
		t.Fatal(err)
	}
	if f := fragments[2]; f.Zone != "UTC" || f.BatchRows != 7 || !strings.Contains(physical.Format(f.Root), "ShuffleRead stage 1") {
		t.Errorf("%+v\n%s", f, physical.Format(f.Root))
	}
	// Splits are arguments of the tasks, not part of the plan.
	for task := range 3 {
		var a physical.Args
		if err := physical.Decode(j.Stages[0].Args(task), &a); err != nil {
			t.Fatal(err)
		}
		if len(a.Scans) != 1 || a.Scans[0].Scan != 1 || len(a.Scans[0].Splits[0].Path) != task+1 {
			t.Errorf("task %d reads %+v", task, a)
		}
	}
	var bare *physical.Scan
	physical.Walk(fragments[0].Root, func(n physical.Node) {
		if s, ok := n.(*physical.Scan); ok {
			bare = s
		}
	})
	if bare == nil || bare.Splits != nil {
		t.Errorf("the fragment holds splits: %+v", bare)
	}
}

// A stage cannot serve two exchanges that were cut for different numbers of tasks.
func TestCutRefusesUnevenExchanges(t *testing.T) {
	key := []scalar.Expr{&scalar.Column{Typ: types.BigIntType}}
	join := &physical.HashJoin{LeftKeys: key, RightKeys: key}
	join.Left = exchange(scan(1, 1), physical.Hash, 4, physical.Durable)
	join.Right = exchange(scan(2, 1), physical.Hash, 5, physical.Durable)
	if _, err := Cut(stage.JobID("j"), join, physical.Fragment{}); err == nil {
		t.Error("the plan was cut")
	}
}

// All exchanges of a number read one stage, each in its own way, also twice in one
// stage.
func TestCutShared(t *testing.T) {
	shared := func(kind physical.ExchangeKind) *physical.Exchange {
		e := exchange(scan(1, 3), kind, 1, physical.Durable)
		e.Shared = 1
		return e
	}
	key := []scalar.Expr{&scalar.Column{Typ: types.BigIntType}}
	twice := &physical.HashJoin{Binary: physical.Binary{Left: shared(physical.Gather), Right: shared(physical.Gather)}, LeftKeys: key, RightKeys: key}
	root := &physical.HashJoin{Binary: physical.Binary{Left: exchange(twice, physical.Hash, 2, physical.Durable), Right: shared(physical.Broadcast)}, LeftKeys: key, RightKeys: key}
	j, err := Cut("j", exchange(root, physical.Gather, 1, physical.Durable), physical.Fragment{Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, s := range j.Stages {
		labels = append(labels, s.Label)
	}
	if text := strings.Join(labels, " "); text != "M1 J2_1 J3_2_1 R4_3" {
		t.Errorf("stages are %s", text)
	}
	fragments, err := Fragments(j)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(physical.Format(fragments[1].Root), "ShuffleRead stage 0 gather"); n != 2 {
		t.Errorf("the shared stage is read %d times\n%s", n, physical.Format(fragments[1].Root))
	}
	if text := physical.Format(fragments[2].Root); !strings.Contains(text, "ShuffleRead stage 0 broadcast") {
		t.Errorf("the shared stage is not broadcast\n%s", text)
	}
}
