package main

import "github.com/spf13/cobra"

func newTableCommand(d doors) *cobra.Command {
	cmd := &cobra.Command{
		Use: "table", Short: "Import, export and describe tables", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a command is missing: import, export or describe")
		},
	}
	return cmd
}
