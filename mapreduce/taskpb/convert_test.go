package taskpb

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

func TestTasksTravel(t *testing.T) {
	id := func(n int) stage.AttemptID {
		return stage.AttemptID{Task: stage.TaskID{Job: "j", Stage: 3, Index: n}, Number: n + 1}
	}
	want := stage.Task{
		Attempt: id(0), Label: "join", Tasks: 7, Fragment: []byte{1, 2}, Args: []byte{3}, Memory: 1 << 40, Durable: true,
		Inputs: []stage.TaskInput{
			{From: 1, Mode: stage.Pipelined, Outputs: []stage.Output{{Attempt: id(1), Worker: "w", Addr: "h:1"}}},
			{From: 2, Mode: stage.Durable, Outputs: []stage.Output{{Attempt: id(2), Worker: "v"}, {Attempt: id(4), Worker: "w"}}},
		},
	}
	data, err := proto.Marshal(FromTask(want))
	if err != nil {
		t.Fatal(err)
	}
	var wire Start
	if err := proto.Unmarshal(data, &wire); err != nil {
		t.Fatal(err)
	}
	if got := wire.Go(); !reflect.DeepEqual(got, want) {
		t.Errorf("have %+v\nwant %+v", got, want)
	}
	stats := stage.Stats{Rows: 1, Bytes: 2, CPU: 3, PeakMemory: 4, Partitions: []int64{5, 6}, Detail: []byte{7}}
	if got := FromStats(stats).Go(); !reflect.DeepEqual(got, stats) {
		t.Errorf("have %+v\nwant %+v", got, stats)
	}
}

func TestErrorsTravel(t *testing.T) {
	for class := diag.Internal; class <= diag.Transient; class++ {
		want := &diag.Error{Class: class, Code: diag.CodeCast, Pos: diag.Pos{Line: 2, Col: 9}, Msg: "no", Hint: "try"}
		if got := FromError(fmt.Errorf("scanning: %w", want)).Go(); !reflect.DeepEqual(got, want) {
			t.Errorf("have %+v\nwant %+v", got, want)
		}
	}
	withCause := diag.Errorf(diag.CodeStorage, diag.Pos{}, "reading a").WithCause(errors.New("gone"))
	if got := FromError(withCause).Go(); got.Msg != "reading a: gone" || got.Err != nil || got.Error() != withCause.Error() {
		t.Errorf("the cause became %+v", got)
	}
	if got := FromError(errors.New("plain")).Go(); got.Class != diag.Internal || got.Code != diag.CodeInternal || got.Msg != "plain" {
		t.Errorf("a plain error became %+v", got)
	}
	if got := (&Error{Class: 99}).Go(); got.Class != diag.Internal {
		t.Errorf("an unknown class became %v", got.Class)
	}
	if got := FromError(&diag.Error{Class: 99}).Class; got != Error_INTERNAL {
		t.Errorf("an unknown class became %v", got)
	}
}
