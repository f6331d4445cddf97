package taskpb

import (
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// FromAttempt puts an id on the wire.
func FromAttempt(a stage.AttemptID) *AttemptID {
	return &AttemptID{
		Job: string(a.Task.Job), Stage: int32(a.Task.Stage),
		Index: int32(a.Task.Index), Number: int32(a.Number),
	}
}

// Go gives the id; nil gives the zero id.
func (x *AttemptID) Go() stage.AttemptID {
	return stage.AttemptID{
		Task: stage.TaskID{
			Job: stage.JobID(x.GetJob()), Stage: stage.StageID(x.GetStage()), Index: int(x.GetIndex()),
		},
		Number: int(x.GetNumber()),
	}
}

// FromStats puts statistics on the wire.
func FromStats(s stage.Stats) *Stats {
	return &Stats{
		Rows: s.Rows, Bytes: s.Bytes, CpuNanos: int64(s.CPU), PeakMemory: s.PeakMemory,
		Partitions: s.Partitions, Detail: s.Detail,
	}
}

// Go gives the statistics.
func (x *Stats) Go() stage.Stats {
	return stage.Stats{
		Rows: x.GetRows(), Bytes: x.GetBytes(), CPU: time.Duration(x.GetCpuNanos()), PeakMemory: x.GetPeakMemory(),
		Partitions: x.GetPartitions(), Detail: x.GetDetail(),
	}
}

// FromError puts an error on the wire. Its cause becomes part of the message.
func FromError(err error) *Error {
	e := diag.Of(err)
	msg := e.Msg
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return &Error{
		Class: wireClass(e.Class), Code: string(e.Code),
		Line: int32(e.Pos.Line), Col: int32(e.Pos.Col), Msg: msg, Hint: e.Hint,
	}
}

// Go gives the error, which has no cause. An unknown class is Internal.
func (x *Error) Go() *diag.Error {
	e := &diag.Error{
		Code: diag.Code(x.GetCode()),
		Pos:  diag.Pos{Line: int(x.GetLine()), Col: int(x.GetCol())},
		Msg:  x.GetMsg(), Hint: x.GetHint(),
	}
	for class, wire := range classes {
		if wire == x.GetClass() {
			e.Class = diag.Class(class)
			break
		}
	}
	return e
}

// classes is indexed by diag.Class.
var classes = [...]Error_Class{
	diag.Internal:  Error_INTERNAL,
	diag.User:      Error_USER,
	diag.Resource:  Error_RESOURCE,
	diag.Transient: Error_TRANSIENT,
}

func wireClass(c diag.Class) Error_Class {
	if int(c) < len(classes) {
		return classes[c]
	}
	return Error_INTERNAL
}

// FromTask puts a task on the wire.
func FromTask(t stage.Task) *Start {
	s := &Start{
		Attempt: FromAttempt(t.Attempt), Label: t.Label, Tasks: int32(t.Tasks),
		Fragment: t.Fragment, Args: t.Args, Memory: t.Memory, Durable: t.Durable,
	}
	for _, in := range t.Inputs {
		wire := &Input{From: int32(in.From), Pipelined: in.Mode == stage.Pipelined}
		for _, o := range in.Outputs {
			wire.Outputs = append(wire.Outputs, &Output{Attempt: FromAttempt(o.Attempt), Worker: string(o.Worker), Address: o.Addr})
		}
		s.Inputs = append(s.Inputs, wire)
	}
	return s
}

// Go gives the task.
func (x *Start) Go() stage.Task {
	t := stage.Task{
		Attempt: x.GetAttempt().Go(), Label: x.GetLabel(), Tasks: int(x.GetTasks()),
		Fragment: x.GetFragment(), Args: x.GetArgs(), Memory: x.GetMemory(), Durable: x.GetDurable(),
	}
	for _, in := range x.GetInputs() {
		one := stage.TaskInput{From: stage.StageID(in.GetFrom()), Outputs: make([]stage.Output, len(in.GetOutputs()))}
		if in.GetPipelined() {
			one.Mode = stage.Pipelined
		}
		for i, o := range in.GetOutputs() {
			one.Outputs[i] = stage.Output{Attempt: o.GetAttempt().Go(), Worker: stage.WorkerID(o.GetWorker()), Addr: o.GetAddress()}
		}
		t.Inputs = append(t.Inputs, one)
	}
	return t
}
