//go:build !linux

package batch

func hugePages([]byte) {}
