package bench

import (
	"context"
	"errors"
	"maps"
	"os"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/server"
)

// spawned is our engine in a process of its own.
type spawned struct {
	ours
	process *Process
}

func (e *spawned) pid() int { return e.process.PID }

// openLimited opens an engine that holds no more than the limit.
func openLimited(ctx context.Context, o *Options, s *suite.Suite, data dataset) (contender, error) {
	return openSpawned(ctx, o, s, data, "bixi", o.Limit)
}

// openUnlimited opens an engine with the memory of the machine.
func openUnlimited(ctx context.Context, o *Options, s *suite.Suite, data dataset) (contender, error) {
	return openSpawned(ctx, o, s, data, "unlimited", "")
}

func openSpawned(ctx context.Context, o *Options, s *suite.Suite, data dataset, name, memory string) (contender, error) {
	if o.Over != OverParquet {
		return nil, errors.New("engines with a limit share Parquet files, not tables: use --over parquet")
	}
	dir, err := os.MkdirTemp("", "bixi-bench-")
	if err != nil {
		return nil, err
	}
	e, err := spawnOurs(ctx, o, name, memory, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	e.close = append([]func() error{func() error { return os.RemoveAll(dir) }}, e.close...)
	if err := e.tables(ctx, o, s, data); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// spawnOurs starts an engine without tables.
func spawnOurs(ctx context.Context, o *Options, name, memory, warehouse string) (*spawned, error) {
	p, err := o.Spawn(ctx, warehouse, memory, o.Threads)
	if err != nil {
		return nil, err
	}
	settings := maps.Clone(o.Set)
	if settings == nil {
		settings = map[string]string{}
	}
	if memory != "" {
		settings["bixi.memory.limit"] = memory
	}
	return &spawned{process: p, ours: ours{
		name: name, statements: p.Statements, version: o.Version, close: []func() error{p.End},
		state: server.State{Project: "default", Settings: settings},
	}}, nil
}

// Run is that of ours, with the other process's time.
func (e *spawned) Run(ctx context.Context, q suite.Query, keep bool) (*answer, error) {
	before := timeOf(e.pid())
	a, err := e.ours.Run(ctx, q, keep)
	if err == nil {
		a.cpu = timeOf(e.pid()) - before
	}
	return a, err
}
