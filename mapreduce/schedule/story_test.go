package schedule

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

var rewrite = flag.Bool("rewrite", false, "write the answers of testdata/*.txt anew")

// TestStories runs testdata/*.txt. A story is a list of events, each followed
// by "----", the actions it brought about, and an empty line. Lines that begin
// with '#' are for the reader.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(want))
			switch {
			case got == string(want):
			case *rewrite:
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s has changed (-rewrite accepts it):\n%s", file, got)
			}
		})
	}
}

// tell runs a story and gives it back with the answers of today.
func tell(t *testing.T, text string) string {
	var out strings.Builder
	s := New(Options{})
	answer := false
	for n, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case line == "":
			if !answer {
				out.WriteString("\n")
			}
			answer = false
		case answer:
		case strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		case line == "----":
			answer = true
		default:
			out.WriteString(line + "\n----\n")
			if line == "state" {
				out.WriteString(describe(s) + "\n")
				continue
			}
			e, err := parseEvent(line)
			if err != nil {
				t.Fatalf("line %d: %v", n+1, err)
			}
			for _, a := range s.Step(e) {
				out.WriteString(a.String() + "\n")
			}
			out.WriteString("\n")
		}
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

func describe(s *Scheduler) string {
	var b strings.Builder
	for _, w := range s.Workers() {
		fmt.Fprintf(&b, "%s used=%d/%d granted=%d", w.ID, w.Used, w.Slots, w.Granted)
		if w.Draining {
			b.WriteString(" draining")
		}
		if w.Banned {
			b.WriteString(" banned")
		}
		b.WriteString("\n")
	}
	for _, id := range s.Jobs() {
		v, _ := s.Job(id)
		fmt.Fprintf(&b, "%s %v", id, v.State)
		for _, st := range v.Stages {
			fmt.Fprintf(&b, " %d:%d+%d/%d", st.ID, st.Done, st.Running, st.Total)
		}
		if _, complete := s.Stats(id); !complete {
			b.WriteString(" ending")
		}
		if outputs, ok := s.Outputs(id); ok {
			fmt.Fprintf(&b, " outputs=%v", outputs)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// parseEvent reads an event in its printed form, with three liberties: a tick
// is a duration since the beginning, numbers may be left out, and the message
// of a failure is bare words.
func parseEvent(line string) (Event, error) {
	f := strings.Fields(line)
	verb, args := f[0], f[1:]
	if len(args) == 0 {
		return nil, fmt.Errorf("%q needs arguments", verb)
	}
	attempt := func(i int) stage.AttemptID {
		a, err := stage.ParseAttempt(args[i])
		if err != nil {
			panic(err)
		}
		return a
	}
	switch verb {
	case "job-submitted":
		return JobSubmitted{parseJob(args)}, nil
	case "job-cancelled":
		return JobCancelled{stage.JobID(args[0])}, nil
	case "job-released":
		return JobReleased{stage.JobID(args[0])}, nil
	case "worker-joined":
		return parseJoin(args), nil
	case "worker-lost":
		return WorkerLost{stage.WorkerID(args[0])}, nil
	case "worker-draining":
		return WorkerDraining{stage.WorkerID(args[0])}, nil
	case "task-done":
		e := TaskDone{Attempt: attempt(0)}
		for _, arg := range args[1:] {
			k, v, _ := strings.Cut(arg, "=")
			n, _ := strconv.ParseInt(v, 10, 64)
			switch k {
			case "rows":
				e.Stats.Rows = n
			case "bytes":
				e.Stats.Bytes = n
			}
		}
		return e, nil
	case "task-failed":
		codes := map[string]diag.Code{"user": diag.CodeCast, "transient": diag.CodeStorage, "resource": diag.CodeMemory, "internal": diag.CodeInternal}
		return TaskFailed{attempt(0), diag.Errorf(codes[args[1]], diag.Pos{}, "%s", strings.Join(args[2:], " "))}, nil
	case "task-stopped":
		return TaskStopped{attempt(0)}, nil
	case "fetch-failed":
		e := FetchFailed{Producer: attempt(2)}
		if args[0] != "client" {
			e.Reader = attempt(0)
		}
		return e, nil
	case "task-progress":
		percent, _ := strconv.ParseFloat(strings.TrimSuffix(args[1], "%"), 64)
		rows, _ := strconv.ParseInt(strings.TrimPrefix(args[2], "rows="), 10, 64)
		return TaskProgress{attempt(0), percent / 100, rows}, nil
	case "tick":
		d, err := time.ParseDuration(args[0])
		return Tick{time.Unix(0, 0).Add(d)}, err
	}
	return nil, fmt.Errorf("no event is called %q", verb)
}

func parseJoin(args []string) WorkerJoined {
	e := WorkerJoined{ID: stage.WorkerID(args[0]), Slots: 1}
	for _, arg := range args[1:] {
		k, v, _ := strings.Cut(arg, "=")
		switch k {
		case "slots":
			e.Slots, _ = strconv.Atoi(v)
		case "memory":
			e.Memory, _ = strconv.ParseInt(v, 10, 64)
		case "draining":
			e.Draining = true
		case "running", "done":
			a, err := stage.ParseAttempt(v)
			if err != nil {
				panic(err)
			}
			if k == "running" {
				e.Running = append(e.Running, a)
			} else {
				e.Done = append(e.Done, DoneAttempt{Attempt: a})
			}
		}
	}
	return e
}

// parseJob reads "id 0:2*100 1:1<-0,~2": tasks, memory, inputs.
func parseJob(args []string) stage.Job {
	j := stage.Job{ID: stage.JobID(args[0])}
	for _, arg := range args[1:] {
		head, inputs, _ := strings.Cut(arg, "<-")
		id, size, _ := strings.Cut(head, ":")
		tasks, memory, _ := strings.Cut(size, "*")
		var st stage.Stage
		n, _ := strconv.Atoi(id)
		st.ID = stage.StageID(n)
		st.Tasks, _ = strconv.Atoi(tasks)
		st.Memory, _ = strconv.ParseInt(memory, 10, 64)
		for _, in := range strings.FieldsFunc(inputs, func(r rune) bool { return r == ',' }) {
			from, mode := in, stage.Durable
			if strings.HasPrefix(in, "~") {
				from, mode = in[1:], stage.Pipelined
			}
			n, _ := strconv.Atoi(from)
			st.Inputs = append(st.Inputs, stage.Input{From: stage.StageID(n), Mode: mode})
		}
		j.Stages = append(j.Stages, st)
	}
	return j
}

func TestEventsPrintParseAndTravel(t *testing.T) {
	for _, line := range []string{
		"job-submitted j 0:2*100 1:1 2:3<-0,~1",
		"job-cancelled j",
		"job-released j",
		"worker-joined w slots=2 memory=100 draining running=j/0/0#0 done=j/0/1#2",
		"worker-lost w",
		"worker-draining w",
		"task-done j/0/0#0 rows=5 bytes=7",
		"task-stopped j/0/0#0",
		"fetch-failed j/1/0#0 from j/0/0#0",
		"fetch-failed client from j/0/0#0",
		"task-progress j/0/0#0 50% rows=3",
	} {
		e, err := parseEvent(line)
		if err != nil || e.String() != line {
			t.Errorf("%q printed as %q, %v", line, e, err)
		}
		if back := travel(t, e); back.String() != line {
			t.Errorf("%q came back as %q", line, back)
		}
	}
	for line, want := range map[string]string{
		"tick 90s":                       "tick 1970-01-01T00:01:30Z",
		"task-failed j/0/0#0 user no go": `task-failed j/0/0#0 user "ODPS-0123091: Illegal cast - no go"`,
	} {
		e, _ := parseEvent(line)
		if back := travel(t, e); e.String() != want || back.String() != want {
			t.Errorf("%q printed as %q and came back as %q", line, e, back)
		}
	}
}

func travel(t *testing.T, e Event) Event {
	t.Helper()
	data, err := MarshalEvent(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalEvent(data)
	if err != nil {
		t.Fatal(err)
	}
	return back
}
