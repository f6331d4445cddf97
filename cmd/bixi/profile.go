package main

import (
	"errors"
	"os"
	"runtime/pprof"
)

// profileHelp describes the flag --profile.
const profileHelp = "write a CPU profile of this process to a file, for go tool pprof"

// startProfile profiles this process into the file at path until stop is called.
// Without a path it does nothing.
func startProfile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, usageError{err}
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
