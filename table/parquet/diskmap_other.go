//go:build !linux

package parquet

import (
	"errors"
	"os"
)

func mapFile(*os.File, int64) ([]byte, error) { return nil, errors.ErrUnsupported }
func unmapFile([]byte) error                  { return nil }
func leavePages([]byte, int64, int64)         {}
