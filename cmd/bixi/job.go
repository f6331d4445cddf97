package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
)

// newJobCommand makes the commands about the jobs of a server. An engine in this
// process has none but its own, so there has to be an endpoint.
func newJobCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "job", Short: "Look at the jobs of a server, or cancel one", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return usagef("a command is missing: list, show or cancel") },
	}
	var endpoint string
	cmd.PersistentFlags().StringVar(&endpoint, "endpoint", "", "host:port of the server (default $BIXI_ENDPOINT)")
	with := func(do func(ctx context.Context, jobs server.Jobs, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			if endpoint == "" {
				endpoint = os.Getenv("BIXI_ENDPOINT")
			}
			if endpoint == "" {
				return usagef("--endpoint is missing: host:port of the server")
			}
			client, err := server.NewClient(endpoint)
			if err != nil {
				return err
			}
			defer client.Close()
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return do(ctx, client, args)
		}
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the jobs that run, and those that ended of late", Args: cobra.NoArgs,
			RunE: with(func(ctx context.Context, jobs server.Jobs, _ []string) error {
				all, err := jobs.List(ctx)
				if err != nil {
					return err
				}
				return listJobs(os.Stdout, all)
			}),
		},
		&cobra.Command{
			Use: "show ID", Short: "Show a job's statement, stages and error", Args: cobra.ExactArgs(1),
			RunE: with(func(ctx context.Context, jobs server.Jobs, args []string) error {
				all, err := jobs.List(ctx)
				if err != nil {
					return err
				}
				return showJob(os.Stdout, all, args[0])
			}),
		},
		&cobra.Command{
			Use: "cancel ID", Short: "Cancel a job", Args: cobra.ExactArgs(1),
			RunE: with(func(ctx context.Context, jobs server.Jobs, args []string) error { return jobs.Kill(ctx, args[0]) }),
		},
	)
	return cmd
}

func listJobs(out io.Writer, jobs []server.Job) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STARTED\tRAN\tSTATUS\tDONE\tID\tUSER\tSTATEMENT")
	for _, j := range jobs {
		done := j.Progress.Fraction()
		if j.Status == server.Succeeded {
			done = 1 // also of those that have no stages
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.0f%%\t%s\t%s\t%s\n", j.Started.Local().Format(time.DateTime), j.Progress.Elapsed.Round(time.Millisecond),
			j.Status, 100*done, j.ID, j.Request.User, firstLine(j.Request.Text, 60))
	}
	return w.Flush()
}

// firstLine is text on one line, cut to at most n characters.
func firstLine(text string, n int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}

func showJob(out io.Writer, jobs []server.Job, id string) error {
	for _, j := range jobs {
		if j.ID != id {
			continue
		}
		fmt.Fprintf(out, "id       %s\nstatus   %s\nproject  %s\nuser     %s\nstarted  %s\n\n%s\n\n", j.ID, j.Status, j.Request.State.Project,
			j.Request.User, j.Started.Local().Format(time.DateTime), j.Request.Text)
		for _, l := range console.Picture(j.Progress) {
			fmt.Fprintln(out, l)
		}
		if j.Err != nil {
			fmt.Fprintln(out, diag.Render(j.Err, j.Request.Text))
		}
		return nil
	}
	return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "there is no job %s", id).WithHint("bixi job list shows the jobs of the server")
}
