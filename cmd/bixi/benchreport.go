package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/bench"
)

// newReportCommand makes the command that writes the tables of a page.
func newReportCommand() *cobra.Command {
	var page string
	cmd := &cobra.Command{
		Use: "report FILE...", Short: "Put measurements that --json wrote into the tables of a page", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			var reports []*bench.Report
			for _, f := range files {
				r, err := bench.ReadReport(f)
				if err != nil {
					return usageError{err}
				}
				reports = append(reports, r)
			}
			if err := bench.WritePage(page, reports); err != nil {
				return usageError{err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&page, "page", filepath.Join("docs", "performance.md"), "page to write the tables into")
	return cmd
}

// commandText is the command line without what says only where files are.
func commandText(cmd *cobra.Command, suite string) string {
	text := "bixi bench " + suite
	for _, name := range []string{"sf", "rows", "mb", "over", "peers", "queries", "threads", "memory", "limit", "set", "runs"} {
		if cmd.Flags().Changed(name) {
			text += " --" + name + " " + strings.Trim(cmd.Flags().Lookup(name).Value.String(), "[]")
		}
	}
	return text
}
