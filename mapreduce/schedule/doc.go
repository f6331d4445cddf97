// Package schedule is the brain of the job master: a Scheduler turns events
// into actions and does nothing else. It has no goroutine, clock, lock, socket
// or log, and the same events give the same actions, so recovery is replay and
// a test is a story in text (testdata). The master owns time, network and
// journal, and carries the actions out.
//
// # What is decided here
//
// Demand runs backwards from the root: a stage is needed while it is the root
// of an unreleased job or while a needed stage that reads it is unfinished. The
// missing outputs of needed stages are computed, and nothing else is. Losing an
// output, the first run and a repair after success are therefore one rule.
//
// Stages connected by pipelined inputs form a group. A group starts all its
// tasks at once, and a failure before all of them are done restarts it. Its
// slots are shared: one slot runs one task of each stage of the group, so a
// group needs as many slots as its widest stage has tasks. A group that no
// empty cluster of the present workers could hold, that was restarted twice,
// that is part of a cycle of groups, or that lost an output after it was done,
// is from then on run stage by stage with durable outputs (it is "spooled").
// That is why one slot is enough for any job.
//
// Jobs are served in Order. The first thing in that order that is ready and
// does not fit stops the pass: nothing overtakes it, so a wide group or a large
// task is never starved by small ones.
//
// What a failure means is decided by its diag.Class alone; see fail.go.
//
// Speculative copies of slow tasks are not started yet. Attempts allow for
// them: a task may have several, and the first one done wins.
package schedule
