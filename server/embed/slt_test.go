package embed_test

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/server/slttest"
)

var rewrite = flag.Bool("rewrite", false, "write the answers into the .slt files")

// TestSQL runs the SQL corpus. A normal run takes the plain mode and one that is
// strange in many ways at once; BIXI_MODES=all takes each way by itself.
func TestSQL(t *testing.T) {
	modes := []slttest.Mode{
		embedded("plain", 0),
		embedded("strange", 0, "bixi.batch.rows", "3", "bixi.spill.always", "true", "bixi.partitions", "3",
			"bixi.test.reencode", "true", "bixi.broadcast.bytes", "0"),
	}
	if os.Getenv("BIXI_MODES") == "all" {
		modes = append(modes,
			embedded("batch-3", 0, "bixi.batch.rows", "3"),
			embedded("spill", 0, "bixi.spill.always", "true"),
			embedded("unoptimized", 0, "bixi.optimizer", "false"),
			embedded("reencode", 0, "bixi.test.reencode", "true"),
			embedded("partitions-1", 0, "bixi.partitions", "1"),
			embedded("partitions-2", 0, "bixi.partitions", "2"),
			embedded("partitions-7", 0, "bixi.partitions", "7"),
			embedded("shuffle-joins", 0, "bixi.broadcast.bytes", "0"),
			embedded("split", 0, "bixi.split.bytes", "1kb"),
			embedded("durable", 0, "bixi.exchange.mode", "durable"),
			embedded("pipelined", 0, "bixi.exchange.mode", "pipelined"),
			embedded("memory-32mb", 32<<20),
			slttest.Mode{Name: "cluster", Open: cluster, Settings: map[string]string{"bixi.partitions": "3", "bixi.broadcast.bytes": "0"}},
		)
	}
	slttest.Run(t, "../testdata/slt", modes, *rewrite)
}

// embedded is a mode of the engine in one process, with settings in pairs.
func embedded(name string, memory int64, settings ...string) slttest.Mode {
	m := slttest.Mode{Name: name, Settings: map[string]string{}}
	for i := 0; i < len(settings); i += 2 {
		m.Settings[settings[i]] = settings[i+1]
	}
	m.Open = func(t testing.TB) server.Statements {
		n, err := embed.Open(context.Background(), embed.Config{Warehouse: t.TempDir(), Scratch: t.TempDir(), Memory: memory, Verify: true, Unsynced: true})
		return closing(t, n, err)
	}
	return m
}

// cluster is a master and two workers that reach each other over the network.
func cluster(t testing.TB) server.Statements {
	ctx := context.Background()
	warehouse := t.TempDir()
	m, err := embed.OpenMaster(ctx, embed.Config{Warehouse: warehouse, Scratch: t.TempDir(), Listen: "127.0.0.1:0", Verify: true, Unsynced: true})
	closing(t, m, err)
	for range 2 {
		w, err := embed.OpenWorker(ctx, embed.Config{Warehouse: warehouse, Scratch: t.TempDir(), Listen: "127.0.0.1:0", Unsynced: true}, m.Address)
		closing(t, w, err)
	}
	return m
}

func closing(t testing.TB, n *embed.Node, err error) *embed.Node {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}
