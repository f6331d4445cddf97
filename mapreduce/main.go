package mapreduce

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/diag"
)

// Main is the main function of a program: build makes the job from the arguments
// that followed the program's name in `bixi mr run PROGRAM [args]`. It is called in
// every process of the job and must make the same job each time. Main does not
// return.
func Main(build func(args []string) (*Job, error)) {
	if os.Getenv(program.EnvServe) == "" {
		fmt.Fprintf(os.Stderr, "%[1]s is a MapReduce program. Run it with\n\n  bixi mr run %[2]s [args]\n", filepath.Base(os.Args[0]), os.Args[0])
		os.Exit(2)
	}
	in, out := os.NewFile(program.FDIn, "input"), os.NewFile(program.FDOut, "output")
	err := program.Serve(context.Background(), in, out, func() (program.Job, error) { return call(build, os.Args[1:]) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "the engine is gone:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// call makes the job; a panic of build is an error of the job.
func call(build func([]string) (*Job, error), args []string) (job program.Job, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = diag.Errorf(diag.CodeMRUser, diag.Pos{}, "making the job panicked: %v\n%s", r, userStack(debug.Stack()))
		}
	}()
	j, err := build(args)
	if err != nil {
		return nil, defError(filepath.Base(os.Args[0]), err)
	}
	return j, nil
}
