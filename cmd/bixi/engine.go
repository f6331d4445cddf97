package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	_ "time/tzdata" // one static binary knows the time zones

	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
)

// realDoors stand on server/embed.
func realDoors() doors {
	return doors{open: openEngine, serve: serve, master: serveMaster, worker: serveWorker}
}

// config turns what a command was told into what a process is made of.
func (c engineConfig) config() embed.Config {
	settings := setting.Default()
	if limit, ok := c.Settings["bixi.memory.limit"]; ok {
		// A bad value is reported by the first statement, with its hint.
		_ = settings.Set("bixi.memory.limit", limit)
	}
	return embed.Config{Warehouse: c.Warehouse, Settings: settings}
}

func openEngine(ctx context.Context, c engineConfig) (server.Statements, func() error, error) {
	cfg := c.config()
	n, err := embed.Open(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	embed.LimitHeap(n.Budget.Limit())
	return n, n.Close, nil
}

func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }

// serve runs a master with a worker in one process until ctx ends.
func serve(ctx context.Context, c serveConfig) error { return runNode(ctx, c, embed.Open) }

// serveMaster runs a master alone.
func serveMaster(ctx context.Context, c serveConfig) error {
	return runNode(ctx, c, embed.OpenMaster)
}

func runNode(ctx context.Context, c serveConfig, open func(context.Context, embed.Config) (*embed.Node, error)) error {
	cfg := c.engineConfig.config()
	cfg.Listen, cfg.Log, cfg.Token = c.Listen, logger(), os.Getenv("BIXI_TOKEN")
	cfg.ForbidScripts = c.ForbidScripts
	cfg.Journal = filepath.Join(c.Warehouse, "journal")
	n, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	embed.LimitHeap(n.Budget.Limit())
	fmt.Fprintf(os.Stderr, "bixi: listening on %s\n", n.Address)
	<-ctx.Done()
	return n.Close()
}

// serveWorker runs a worker until ctx ends or the master refuses it.
func serveWorker(ctx context.Context, c workerConfig) error {
	cfg := embed.Config{Listen: c.Listen, Scratch: c.Scratch, Log: logger(), Token: os.Getenv("BIXI_TOKEN"), ForbidScripts: c.ForbidScripts}
	n, err := embed.OpenWorker(ctx, cfg, c.Master)
	if err != nil {
		return err
	}
	embed.LimitHeap(n.Budget.Limit())
	fmt.Fprintf(os.Stderr, "bixi: worker %s serves its output on %s\n", n.WorkerID(), n.Address)
	select {
	case <-ctx.Done():
	case <-n.Ended():
	}
	return errors.Join(n.Failed(), n.Close())
}
