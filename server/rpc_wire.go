package server

import (
	"time"

	pb "github.com/bixidata/bixi/server/statementpb"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// This file turns the values of this package into messages and back. A function
// named xMessage makes a message, one named xOf reads it.

func requestMessage(r Request) *pb.RunRequest {
	return &pb.RunRequest{Text: r.Text, State: stateMessage(r.State), User: r.User, Program: programMessage(r.Program)}
}

func requestOf(m *pb.RunRequest) Request {
	return Request{Text: m.GetText(), State: stateOf(m.GetState()), User: m.GetUser(), Program: programOf(m.GetProgram())}
}

func stateMessage(s State) *pb.State { return &pb.State{Project: s.Project, Settings: s.Settings} }

func stateOf(m *pb.State) State { return State{Project: m.GetProject(), Settings: m.GetSettings()} }

func progressMessage(p Progress) *pb.Progress {
	m := &pb.Progress{Phase: p.Phase, ElapsedNanos: int64(p.Elapsed)}
	for _, s := range p.Stages {
		stage := &pb.Stage{Label: s.Label, Total: int32(s.Total), Running: int32(s.Running), Done: int32(s.Done), Rows: s.Rows}
		for _, in := range s.Inputs {
			stage.Inputs = append(stage.Inputs, int32(in))
		}
		m.Stages = append(m.Stages, stage)
	}
	return m
}

func progressOf(m *pb.Progress) Progress {
	p := Progress{Phase: m.GetPhase(), Elapsed: time.Duration(m.GetElapsedNanos())}
	for _, s := range m.GetStages() {
		stage := StageProgress{Label: s.GetLabel(), Total: int(s.GetTotal()), Running: int(s.GetRunning()), Done: int(s.GetDone()), Rows: s.GetRows()}
		for _, in := range s.GetInputs() {
			stage.Inputs = append(stage.Inputs, int(in))
		}
		p.Stages = append(p.Stages, stage)
	}
	return p
}

func doneMessage(schema types.Schema, o Outcome) *pb.Done {
	return &pb.Done{
		Columns: columnMessages(schema), State: stateMessage(o.State), HasWritten: o.HasWritten, Written: o.Written,
		Warnings: o.Warnings, ElapsedNanos: int64(o.Elapsed), Counters: o.Counters, Text: o.Text,
	}
}

func outcomeOf(m *pb.Done) Outcome {
	return Outcome{
		State: stateOf(m.GetState()), HasWritten: m.GetHasWritten(), Written: m.GetWritten(),
		Warnings: m.GetWarnings(), Elapsed: time.Duration(m.GetElapsedNanos()), Counters: m.GetCounters(), Text: m.GetText(),
	}
}

func columnMessages(fields []types.Field) []*pb.Column {
	var out []*pb.Column
	for _, f := range fields {
		out = append(out, &pb.Column{Name: f.Name, Type: typeMessage(f.Type), Required: f.Required, Comment: f.Comment})
	}
	return out
}

func columnsOf(ms []*pb.Column) ([]types.Field, error) {
	var out []types.Field
	for _, m := range ms {
		t, err := typeOf(m.GetType())
		if err != nil {
			return nil, err
		}
		out = append(out, types.Field{Name: m.GetName(), Type: t, Required: m.GetRequired(), Comment: m.GetComment()})
	}
	return out, nil
}

func typeMessage(t types.Type) *pb.Type {
	m := &pb.Type{Kind: t.Kind.String(), Precision: int32(t.Precision), Scale: int32(t.Scale), Fields: columnMessages(t.Fields)}
	if t.Elem != nil {
		m.Elem = typeMessage(*t.Elem)
	}
	if t.Key != nil {
		m.Key = typeMessage(*t.Key)
	}
	return m
}

func typeOf(m *pb.Type) (types.Type, error) {
	t := types.Type{Precision: int(m.GetPrecision()), Scale: int(m.GetScale())}
	for t.Kind.String() != m.GetKind() {
		if t.Kind++; t.Kind > types.JSON {
			return t, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "the server's type %q is not known here", m.GetKind()).
				WithHint("use the server's version of bixi")
		}
	}
	for at, part := range map[**types.Type]*pb.Type{&t.Elem: m.GetElem(), &t.Key: m.GetKey()} {
		if part == nil {
			continue
		}
		inner, err := typeOf(part)
		if err != nil {
			return t, err
		}
		*at = &inner
	}
	var err error
	t.Fields, err = columnsOf(m.GetFields())
	return t, err
}

// errorClasses is indexed by diag.Class.
var errorClasses = [...]pb.Error_Class{
	diag.Internal:  pb.Error_INTERNAL,
	diag.User:      pb.Error_USER,
	diag.Resource:  pb.Error_RESOURCE,
	diag.Transient: pb.Error_TRANSIENT,
}

// errorMessage keeps everything of the error but its chain, which becomes text.
func errorMessage(err error) *pb.Error {
	if err == nil {
		return nil
	}
	e := diag.Of(err)
	msg := e.Msg
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	m := &pb.Error{
		Class: errorClasses[e.Class], Code: string(e.Code), Line: int32(e.Pos.Line), Col: int32(e.Pos.Col), Msg: msg, Hint: e.Hint,
	}
	for _, more := range e.Also {
		m.Also = append(m.Also, errorMessage(more))
	}
	return m
}

// errorOf gives a *diag.Error, or nil for nil.
func errorOf(m *pb.Error) error {
	if m == nil {
		return nil
	}
	return diagOf(m)
}

func diagOf(m *pb.Error) *diag.Error {
	e := &diag.Error{
		Code: diag.Code(m.GetCode()), Pos: diag.Pos{Line: int(m.GetLine()), Col: int(m.GetCol())}, Msg: m.GetMsg(), Hint: m.GetHint(),
	}
	for class, wire := range errorClasses {
		if wire == m.GetClass() {
			e.Class = diag.Class(class)
		}
	}
	for _, more := range m.GetAlso() {
		e.Also = append(e.Also, diagOf(more))
	}
	return e
}

func failedEvent(err error) *pb.RunEvent {
	return &pb.RunEvent{Event: &pb.RunEvent_Failed{Failed: errorMessage(err)}}
}

func jobMessage(j Job) *pb.Job {
	return &pb.Job{
		Id: j.ID, Text: j.Request.Text, Project: j.Request.State.Project, User: j.Request.User, Status: string(j.Status),
		StartedMicros: j.Started.UnixMicro(), Progress: progressMessage(j.Progress), Failed: errorMessage(j.Err),
	}
}

func jobOf(m *pb.Job) Job {
	return Job{
		ID: m.GetId(), Request: Request{Text: m.GetText(), State: State{Project: m.GetProject()}, User: m.GetUser()},
		Status: Status(m.GetStatus()), Started: time.UnixMicro(m.GetStartedMicros()), Progress: progressOf(m.GetProgress()),
		Err: errorOf(m.GetFailed()),
	}
}
