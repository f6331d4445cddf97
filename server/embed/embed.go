// Package embed puts the parts of bixi together: everything in one process, or
// the roles of a cluster, which differ only in which parts they hold and how
// they reach each other. It has no logic of its own.
package embed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/shuffle/service"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/external"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin"
	"github.com/bixidata/bixi/worker"
	"github.com/bixidata/bixi/worker/agent"
	"github.com/bixidata/bixi/worker/expr"
	"github.com/bixidata/bixi/worker/memory"
	"github.com/bixidata/bixi/worker/operator"
	"github.com/bixidata/bixi/worker/program"
)

// Config describes a process. The zero value of a field takes its default.
type Config struct {
	Warehouse string // directory; ./bixi-data
	// Memory is the bytes operators may hold; by default half of what the machine
	// or its cgroup has.
	Memory int64
	Slots  int // tasks at a time; one a core
	// Scratch is the directory for spilled data; by default one of the system's.
	Scratch string
	// Settings are the defaults of sessions.
	Settings *setting.Settings
	Log      *slog.Logger
	Clock    func() time.Time
	// Programs runs MapReduce programs; by default the executables that jobs name.
	Programs operator.Programs
	// ForbidScripts keeps SELECT TRANSFORM from running programs in this process.
	ForbidScripts bool
	Verify        bool // check plans between passes (tests)

	// Files and Catalog replace the local files and the catalog in the warehouse
	// (tests, other storage).
	Files store.Store
	// Unsynced makes commits faster that need not outlive a crash of the machine
	// (tests).
	Unsynced bool
	Catalog  func(ctx context.Context) (table.Catalog, error)

	// Listen is the address of a master's or worker's services; "" for none.
	Listen string
	// Advertise is the address under which others reach this worker; by default
	// the one it listens on.
	Advertise string
	Token     string // join token
	// Journal is the master's journal file; "" keeps it in memory.
	Journal string
}

func (c *Config) setDefaults() {
	if c.Warehouse == "" {
		c.Warehouse = "bixi-data"
	}
	if c.Settings == nil {
		c.Settings = setting.Default()
	}
	if limit := int64(c.Settings.MemoryLimit); limit > 0 && c.Memory == 0 {
		c.Memory = limit
	}
	if c.Memory == 0 {
		c.Memory = machineMemory() / 2
	}
	if c.Slots == 0 {
		c.Slots = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Programs == nil {
		c.Programs = program.New()
	}
	if c.Files == nil {
		c.Files = &store.Local{Sync: !c.Unsynced}
	}
}

// Node is a running process. Close ends it.
type Node struct {
	server.Statements // nil in a worker
	Master            *master.Master
	Budget            *memory.Budget
	Address           string // where its services listen, "" for none

	worker  *agent.Agent
	running sync.WaitGroup
	close   []func() error // in reverse order
	ended   chan struct{}  // closed when the worker has ended
	failed  error          // why it ended by itself; set before
}

// Open puts everything into this process: the embedded engine, and with Listen
// also a server that takes clients and further workers.
func Open(ctx context.Context, cfg Config) (*Node, error) {
	return start(ctx, cfg, func(n *Node, p *parts) error {
		if err := n.startMaster(p); err != nil {
			return err
		}
		if err := n.serve(p, func(s *grpc.Server) {
			taskpb.RegisterControlServer(s, master.NewService(n.Master, p.cfg.Token))
			server.Register(s, n.Statements)
		}); err != nil {
			return err
		}
		n.startWorker(p, n.Master)
		return nil
	})
}

// OpenMaster starts a master and gateway without a worker of its own.
func OpenMaster(ctx context.Context, cfg Config) (*Node, error) {
	return start(ctx, cfg, func(n *Node, p *parts) error {
		if err := n.startMaster(p); err != nil {
			return err
		}
		return n.serve(p, func(s *grpc.Server) {
			taskpb.RegisterControlServer(s, master.NewService(n.Master, p.cfg.Token))
			server.Register(s, n.Statements)
		})
	})
}

// OpenWorker starts a worker of the master at address.
func OpenWorker(ctx context.Context, cfg Config, address string) (*Node, error) {
	return start(ctx, cfg, func(n *Node, p *parts) error {
		if err := n.serve(p, func(*grpc.Server) {}); err != nil {
			return err
		}
		conn, err := grpc.NewClient(address, append(taskpb.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
		if err != nil {
			return fmt.Errorf("reaching the master at %s: %w", address, err)
		}
		n.close = append(n.close, conn.Close)
		n.startWorker(p, agent.GRPC{Conn: conn, Token: p.cfg.Token})
		return nil
	})
}

// parts are what the roles are made of.
type parts struct {
	cfg       Config
	functions *udf.Registry
	shuffle   *shuffle.MemoryStore
	fetch     *service.Client
	scratch   store.Store
	dir       string
}

func start(ctx context.Context, cfg Config, roles func(*Node, *parts) error) (*Node, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cfg.setDefaults()
	n := &Node{Budget: memory.NewBudget(cfg.Memory)}
	p := &parts{cfg: cfg, functions: udf.NewRegistry(builtin.All()...)}
	dir, err := os.MkdirTemp(cfg.Scratch, "bixi-")
	if err != nil {
		return nil, fmt.Errorf("making a scratch directory: %w", err)
	}
	p.dir = dir
	n.close = append(n.close, func() error { return os.RemoveAll(dir) })
	p.scratch = store.NewScratch(dir)
	outputs := n.Budget.ReserveQuarter("shuffle")
	p.shuffle = shuffle.NewMemoryStore(shuffle.Options{Memory: outputs, Scratch: p.scratch, Dir: "shuffle", Compress: true, Patience: 30 * time.Second})
	n.close = append(n.close, p.shuffle.Close)
	p.fetch = service.NewClient(p.shuffle, grpc.WithTransportCredentials(insecure.NewCredentials()))
	n.close = append(n.close, p.fetch.Close)
	if err := roles(n, p); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// startMaster starts the master and the engine that submits to it.
func (n *Node) startMaster(p *parts) error {
	opts := master.Options{Log: p.cfg.Log, Vocabulary: physical.Vocabulary()}
	if p.cfg.Journal != "" {
		if err := os.MkdirAll(filepath.Dir(p.cfg.Journal), 0o755); err != nil {
			return err
		}
		j, err := master.OpenFileJournal(p.cfg.Journal)
		if err != nil {
			return err
		}
		opts.Journal = j
	}
	m, err := master.New(opts)
	if err != nil {
		return err
	}
	n.Master = m
	n.close = append(n.close, m.Close)
	warehouse, err := filepath.Abs(p.cfg.Warehouse)
	if err != nil {
		return err
	}
	engine := server.NewEngine(server.Config{
		Catalog: p.catalog, Functions: p.functions, Master: m, Fetch: p.fetch, Files: p.cfg.Files, Warehouse: filepath.ToSlash(warehouse),
		Clock: p.cfg.Clock, Settings: p.cfg.Settings, Verify: p.cfg.Verify,
		Fold: func(e scalar.Expr, s *udf.Session) (types.Datum, bool) { return expr.Fold(e, p.functions, s) },
	})
	n.Statements = engine
	n.close = append(n.close, engine.Close)
	return nil
}

func (p *parts) catalog(ctx context.Context) (table.Catalog, error) {
	open := p.cfg.Catalog
	if open == nil {
		open = func(ctx context.Context) (table.Catalog, error) { return openCatalog(ctx, p.cfg) }
	}
	c, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return external.New(c, p.cfg.Files), nil
}

// serve opens the listener and the services on it. A process that does not
// listen hands outputs over by reference only.
func (n *Node) serve(p *parts, register func(*grpc.Server)) error {
	if p.cfg.Listen == "" {
		return nil
	}
	l, err := net.Listen("tcp", p.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", p.cfg.Listen, err)
	}
	n.Address = l.Addr().String()
	s := grpc.NewServer(append(service.ServerOptions(), taskpb.KeepaliveOptions()...)...)
	service.Register(s, p.shuffle)
	register(s)
	n.running.Go(func() { _ = s.Serve(l) })
	n.close = append(n.close, func() error { s.Stop(); return nil })
	return nil
}

// startWorker starts the worker side.
func (n *Node) startWorker(p *parts, dialer taskpb.Dialer) {
	address := p.cfg.Advertise
	if address == "" {
		address = n.Address
	}
	cache := parquet.NewCache(n.Budget.Limit() / 8)
	cache.Overflow(filepath.Join(p.dir, "dictionaries"), int64(p.cfg.Settings.CacheDisk))
	n.close = append(n.close, cache.Close)
	runner := worker.New(worker.Config{
		Functions: p.functions, Memory: n.Budget, Files: p.cfg.Files,
		Parquet: cache, Scratch: p.scratch, ScratchDir: "tasks",
		Shuffle: p.shuffle, Fetch: p.fetch, Address: address, Programs: p.cfg.Programs, ForbidScripts: p.cfg.ForbidScripts,
	})
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	n.worker = agent.New(agent.Options{
		ID: agent.NewID(host), Addr: address, Slots: p.cfg.Slots, Operators: physical.Vocabulary(),
		Runner: runner, Dialer: dialer, Log: p.cfg.Log,
	})
	ctx, cancel := context.WithCancel(context.Background())
	n.ended = make(chan struct{})
	n.running.Go(func() {
		defer close(n.ended)
		if err := n.worker.Run(ctx); ctx.Err() == nil {
			n.failed = err
		}
	})
	n.close = append(n.close, func() error { cancel(); <-n.ended; return nil })
}

// WorkerID names the worker of this process.
func (n *Node) WorkerID() stage.WorkerID { return n.worker.ID() }

// Ended is closed when the worker has ended: closed, drained, or refused by the
// master, which Failed then tells.
func (n *Node) Ended() <-chan struct{} { return n.ended }

// Failed is why the worker ended by itself, nil if it was drained.
func (n *Node) Failed() error {
	<-n.ended
	return n.failed
}

// Drain lets the worker finish what it has and take no more.
func (n *Node) Drain() { n.worker.Drain() }

// Close ends the process's parts, the ones that depend on others first.
func (n *Node) Close() error {
	var errs []error
	for i := len(n.close) - 1; i >= 0; i-- {
		errs = append(errs, n.close[i]())
	}
	n.close = nil
	n.running.Wait()
	return errors.Join(errs...)
}
