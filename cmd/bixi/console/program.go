package console

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/server"
)

// Program runs a MapReduce job, shows its progress, and then its counters on Out.
func (c *Console) Program(ctx context.Context, p server.Program) error {
	st, err := server.SubmitProgram(ctx, c.Statements, p, c.State, c.User)
	if err != nil {
		return err
	}
	defer st.Close()
	outcome, err := c.watch(ctx, st)
	if err != nil {
		if ctx.Err() != nil {
			return ErrInterrupted
		}
		return err
	}
	c.summary(outcome)
	c.remark(outcome, noResult)
	return nil
}

// summary lists the counters by group.
func (c *Console) summary(o server.Outcome) {
	fmt.Fprintf(c.Out, "Summary:\ncounters: %d\n", len(o.Counters))
	last := ""
	for _, key := range slices.Sorted(maps.Keys(o.Counters)) {
		group, name := program.SplitCounter(key)
		if group != last {
			fmt.Fprintf(c.Out, "\t%s\n", group)
			last = group
		}
		fmt.Fprintf(c.Out, "\t\t%s=%d\n", name, o.Counters[key])
	}
	fmt.Fprintln(c.Out, "OK")
}
