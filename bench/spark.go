package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os/exec"
	"strconv"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed peers/spark_driver.py
var sparkDriver string

// spark is a Spark in a Python process and its JVM. What it compiles and loads in its
// first run of a query is not timed, as answers are compared before. The JVM is a child of
// the driver's process, so its memory and processor time are not known.
type spark struct{ *driver }

// openSpark starts the driver and gives it the tables, which are the Parquet files.
func openSpark(ctx context.Context, o *Options, s *suite.Suite, data dataset) (contender, error) {
	if o.Over != OverParquet {
		return nil, errors.New("the peer spark reads Parquet files only: use --over parquet")
	}
	python, err := o.python(ctx, peerSpark)
	if err != nil {
		return nil, err
	}
	d, err := startDriver(o.Progress, peerSpark, exec.CommandContext(ctx, python, "-c", sparkDriver, strconv.Itoa(o.Threads), o.Memory))
	if err != nil {
		return nil, err
	}
	for _, t := range s.Tables {
		text := fmt.Sprintf("CREATE OR REPLACE TEMPORARY VIEW %s USING parquet OPTIONS (path '%s')", t, data[t])
		if _, err := d.ask(text, false); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return &spark{d}, nil
}

func (s *spark) Run(_ context.Context, q suite.Query, keep bool) (*answer, error) {
	return s.driver.answer(q.For(peerSpark), keep)
}
