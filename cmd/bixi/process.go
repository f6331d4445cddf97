package main

import (
	"context"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/planner/setting"
)

// defaultListen is where servers listen unless they are told otherwise.
const defaultListen = "127.0.0.1:8080"

const forbidScriptsHelp = "run no programs of SELECT TRANSFORM in this process"

// serveConfig is what a server or master is told.
type serveConfig struct {
	engineConfig
	Listen        string
	ForbidScripts bool // of SELECT TRANSFORM, in this process
}

// workerConfig is what a worker is told.
type workerConfig struct {
	Master  string
	Listen  string // of its data service
	Scratch string // directory of its files

	ForbidScripts bool // of SELECT TRANSFORM
}

// newProcessCommands makes the commands that run until they are stopped.
func newProcessCommands(d doors) []*cobra.Command {
	return []*cobra.Command{
		newServeCommand("serve", "Run a server: master, workers and doors in one process", d.serve),
		newServeCommand("master", "Run a master, to which workers connect", d.master),
		newWorkerCommand(d.worker),
	}
}

func newServeCommand(name, short string, serve func(context.Context, serveConfig) error) *cobra.Command {
	var c serveConfig
	var memory string
	cmd := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		Long: short + ".\nOne port serves HTTP and gRPC. An interrupt stops it.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, _, err := net.SplitHostPort(c.Listen); err != nil {
				return usagef("--listen takes host:port: %w", err)
			}
			if memory != "" {
				if n, err := setting.ParseBytes(memory); err != nil || n == 0 {
					return usagef("--memory takes a size such as 2gb, not %q", memory)
				}
				c.Settings = map[string]string{"bixi.memory.limit": memory}
			}
			if c.Warehouse == "" {
				if c.Warehouse = os.Getenv("BIXI_WAREHOUSE"); c.Warehouse == "" {
					c.Warehouse = "bixi-data"
				}
			}
			return runProcess(cmd.Context(), serve, c)
		},
	}
	cmd.Flags().StringVar(&c.Listen, "listen", defaultListen, "host:port to listen at")
	cmd.Flags().BoolVar(&c.ForbidScripts, "forbid-scripts", false, forbidScriptsHelp)
	if name == "serve" {
		cmd.Flags().StringVar(&memory, "memory", "", "what operators may hold, such as 2gb (default half of what the machine or its cgroup has)")
	}
	cmd.Flags().StringVar(&c.Warehouse, "warehouse", "", "directory of the tables (default $BIXI_WAREHOUSE or ./bixi-data)")
	return cmd
}

func newWorkerCommand(work func(context.Context, workerConfig) error) *cobra.Command {
	var c workerConfig
	cmd := &cobra.Command{
		Use: "worker", Short: "Run a worker of a master", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.Master == "" {
				return usagef("--master is missing: host:port of the master")
			}
			return runProcess(cmd.Context(), work, c)
		},
	}
	cmd.Flags().StringVar(&c.Master, "master", "", "host:port of the master")
	cmd.Flags().StringVar(&c.Listen, "listen", "127.0.0.1:0", "host:port at which other workers read its output")
	cmd.Flags().BoolVar(&c.ForbidScripts, "forbid-scripts", false, forbidScriptsHelp)
	cmd.Flags().StringVar(&c.Scratch, "scratch", "", "directory for files that no restart outlives (default below the system's)")
	return cmd
}

// runProcess runs until an interrupt, which is the ordinary end.
func runProcess[C any](ctx context.Context, process func(context.Context, C) error, c C) error {
	if process == nil {
		return usagef("this program was built without this command")
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	err := process(ctx, c)
	if ctx.Err() != nil {
		return nil
	}
	return err
}
