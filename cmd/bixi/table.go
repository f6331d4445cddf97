package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/cmd/bixi/transfer"
)

func newTableCommand(d doors) *cobra.Command {
	cmd := &cobra.Command{
		Use: "table", Short: "Import, export and describe tables", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a command is missing: import, export or describe")
		},
	}
	cmd.AddCommand(newImportCommand(d), newExportCommand(d), newDescribeCommand(d))
	return cmd
}

// with opens an engine for do.
func (s *session) with(cmd *cobra.Command, d doors, do func(ctx context.Context, to *transfer.Session) error) (err error) {
	state, err := s.state()
	if err != nil {
		return err
	}
	if err := s.settle(); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	statements, closeEngine, err := s.open(ctx, d)
	if err != nil {
		return err
	}
	defer func() {
		if e := closeEngine(); err == nil {
			err = e
		}
		if err != nil && ctx.Err() != nil {
			err = ctx.Err() // interrupted
		}
	}()
	return do(ctx, &transfer.Session{Statements: statements, State: state, User: userName()})
}

// told says what was done, to people.
func told(format string, args ...any) {
	if isTerminal(os.Stderr) {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

const importHelp = `Brings files into a table, which is made if it is missing: its columns from the
first file (of CSV and JSON, the types from the first rows), its partition columns
from --partition or from name=value directories in the paths. Columns are matched
by name. All files come in together or, after an error, none.

FILE may be a directory or a pattern. With --endpoint the server reads Parquet
files under the paths given here.`

func newImportCommand(d doors) *cobra.Command {
	var s session
	var im transfer.Import
	var partition, form, comma string
	cmd := &cobra.Command{
		Use: "import FILE... --table TABLE", Short: "Bring Parquet, CSV or JSON files into a table", Long: importHelp, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			im.Files = args
			if im.Table == "" {
				return usagef("--table is missing")
			}
			if im.Format, err = transfer.ParseFormat(form); err != nil {
				return usageError{err}
			}
			if im.Partition, err = transfer.ParsePartition(partition); err != nil {
				return usageError{err}
			}
			if comma == `\t` {
				comma = "\t"
			}
			if len(comma) != 1 {
				return usagef("--delimiter takes one character, not %q", comma)
			}
			im.Comma = comma[0]
			return s.with(cmd, d, func(ctx context.Context, to *transfer.Session) error {
				im.Scratch = os.TempDir()
				if s.endpoint == "" {
					im.Scratch = filepath.Join(s.warehouse, "scratch")
				}
				rows, err := to.Import(ctx, im)
				if err == nil {
					told("%d rows imported into %s", rows, im.Table)
				}
				return err
			})
		},
	}
	s.addFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&im.Table, "table", "", "table to import into")
	f.StringVar(&partition, "partition", "", "partition of all rows, as name=value,…")
	f.StringVar(&form, "format", "", "parquet, csv or json (default: from the file's name)")
	f.StringVar(&comma, "delimiter", ",", "character between the fields of CSV")
	f.BoolVar(&im.Overwrite, "overwrite", false, "replace the table's rows, or those of the partitions that are written")
	f.BoolVar(&im.Create, "create", false, "make the table; it must not exist, unless with --overwrite")
	return cmd
}

func newExportCommand(d doors) *cobra.Command {
	var s session
	var e transfer.Export
	var partition, form string
	cmd := &cobra.Command{
		Use: "export TABLE PATH", Short: "Write a table to a Parquet, CSV or JSON file", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			e.Table, e.Path = args[0], args[1]
			if e.Format, err = transfer.ParseFormat(form); err != nil {
				return usageError{err}
			}
			if e.Partition, err = transfer.ParsePartition(partition); err != nil {
				return usageError{err}
			}
			return s.with(cmd, d, func(ctx context.Context, to *transfer.Session) error {
				rows, err := to.Export(ctx, e)
				if err == nil {
					told("%d rows exported to %s", rows, e.Path)
				}
				return err
			})
		},
	}
	s.addFlags(cmd)
	cmd.Flags().StringVar(&partition, "partition", "", "only this partition, as name=value,…")
	cmd.Flags().StringVar(&form, "format", "", "parquet, csv or json (default: from the file's name)")
	return cmd
}

func newDescribeCommand(d doors) *cobra.Command {
	var s session
	cmd := &cobra.Command{
		Use: "describe TABLE", Short: "Show a table's columns, size, partitions and values", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.with(cmd, d, func(ctx context.Context, to *transfer.Session) error { return to.Describe(ctx, os.Stdout, args[0]) })
		},
	}
	s.addFlags(cmd)
	return cmd
}
