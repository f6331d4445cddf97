package stage

import (
	"strings"
	"testing"
)

func TestIDsPrintAndParse(t *testing.T) {
	for _, a := range []AttemptID{
		{TaskID{"j1", 0, 0}, 0},
		{TaskID{"a/b", 12, 345}, 6},
		{TaskID{"20261121_x", 1, 0}, 1},
	} {
		got, err := ParseAttempt(a.String())
		if err != nil || got != a {
			t.Errorf("ParseAttempt(%q) = %v, %v", a, got, err)
		}
		var b AttemptID
		text, _ := a.MarshalText()
		if err := b.UnmarshalText(text); err != nil || a.Compare(b) != 0 {
			t.Errorf("text of %v came back as %v, %v", a, b, err)
		}
	}
	if got := (AttemptID{TaskID{"j", 1, 2}, 3}).String(); got != "j/1/2#3" {
		t.Errorf("printed form is %q", got)
	}
	for _, s := range []string{"", "j", "j/1", "j/1/2", "j/1/2#", "j/1/02#0", "j/-1/2#0", "/1/2#0", "j x/1/2#0", "j/1/2#+1"} {
		if a, err := ParseAttempt(s); err == nil {
			t.Errorf("ParseAttempt(%q) = %v", s, a)
		}
	}
}

func TestCompareOrdersNumbersAsNumbers(t *testing.T) {
	a, b := AttemptID{TaskID{"j", 2, 0}, 0}, AttemptID{TaskID{"j", 10, 0}, 0}
	if a.Compare(b) >= 0 || b.Compare(a) <= 0 || a.Compare(a) != 0 {
		t.Error("stage 2 must come before stage 10")
	}
}

func TestValidate(t *testing.T) {
	good := func() *Job {
		return &Job{ID: "j", Stages: []Stage{
			{ID: 0, Tasks: 2, TaskArgs: [][]byte{nil, {1}}},
			{ID: 1, Tasks: 1, Inputs: []Input{{From: 0, Mode: Pipelined}}},
		}}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Job){
		"the id":               func(j *Job) { j.ID = "a b" },
		"no stage":             func(j *Job) { j.Stages = nil },
		"stands at position":   func(j *Job) { j.Stages[1].ID = 7 },
		"has 0 tasks":          func(j *Job) { j.Stages[0].Tasks = 0 },
		"arguments for 1":      func(j *Job) { j.Stages[0].TaskArgs = [][]byte{{}} },
		"asks for -1":          func(j *Job) { j.Stages[0].Memory = -1 },
		"does not come before": func(j *Job) { j.Stages[1].Inputs[0].From = 1 },
		"twice":                func(j *Job) { j.Stages[1].Inputs = append(j.Stages[1].Inputs, Input{}) },
		"mode(9)":              func(j *Job) { j.Stages[1].Inputs[0].Mode = 9 },
		"nothing reads":        func(j *Job) { j.Stages[1].Inputs = nil },
	} {
		j := good()
		spoil(j)
		if err := j.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, have %v", want, err)
		}
	}
}
