package schedule

import (
	"github.com/bixidata/bixi/mapreduce/stage"
)

// newJob finds the groups of a valid job.
func newJob(spec stage.Job) *job {
	j := &job{Spec: spec, Stages: make([]stageState, len(spec.Stages))}
	root := len(spec.Stages) - 1
	for i := range spec.Stages {
		j.Stages[i] = stageState{Tasks: make([]task, spec.Stages[i].Tasks), Durable: i == root}
	}
	for _, st := range spec.Stages {
		for _, in := range st.Inputs {
			if in.Mode == stage.Durable {
				j.Stages[in.From].Durable = true
			}
		}
	}
	j.group()
	for i := range j.Groups {
		j.Groups[i].Spooled = j.cyclic(i)
	}
	return j
}

// group numbers the connected components of the pipelined inputs.
func (j *job) group() {
	member := make([]int, len(j.Stages)) // smallest stage known to be connected
	for i := range member {
		member[i] = i
	}
	find := func(i int) int {
		for member[i] != i {
			i = member[i]
		}
		return i
	}
	for i, st := range j.Spec.Stages {
		for _, in := range st.Inputs {
			if in.Mode == stage.Pipelined {
				a, b := find(i), find(int(in.From))
				member[max(a, b)] = min(a, b)
			}
		}
	}
	number := make(map[int]int)
	for i := range j.Stages {
		r := find(i)
		if _, ok := number[r]; !ok {
			number[r] = len(j.Groups)
			j.Groups = append(j.Groups, group{})
		}
		g := number[r]
		j.Stages[i].Group = g
		j.Groups[g].Stages = append(j.Groups[g].Stages, stage.StageID(i))
	}
}

// cyclic reports whether some durable input of group g depends on g itself, so
// that its stages can never start together: a durable input inside the group,
// or a path that leaves it and comes back.
func (j *job) cyclic(g int) bool {
	tainted := make([]bool, len(j.Stages)) // is after g by a path that left it
	for i, st := range j.Spec.Stages {
		for _, in := range st.Inputs {
			from := j.Stages[in.From].Group == g
			left := tainted[in.From] || from && (in.Mode == stage.Durable || j.Stages[i].Group != g)
			if left && j.Stages[i].Group == g {
				return true
			}
			tainted[i] = tainted[i] || left
		}
	}
	return false
}

// mode is how a stage reads an input at present.
func (j *job) mode(in stage.Input) stage.Mode {
	if in.Mode == stage.Pipelined && j.Groups[j.Stages[in.From].Group].pipelined() {
		return stage.Pipelined
	}
	return stage.Durable
}

// id names a task's attempt.
func (j *job) id(st stage.StageID, index, number int) stage.AttemptID {
	return stage.AttemptID{Task: stage.TaskID{Job: j.Spec.ID, Stage: st, Index: index}, Number: number}
}

// each calls f for every attempt in the given state, in order of stage, task
// and number. f may change the state of that attempt.
func (j *job) each(st stage.StageID, state attemptState, f func(id stage.AttemptID, a *attempt)) {
	tasks := j.Stages[st].Tasks
	for i := range tasks {
		for n := range tasks[i].Attempts {
			if a := &tasks[i].Attempts[n]; a.State == state {
				f(j.id(st, i, n), a)
			}
		}
	}
}
