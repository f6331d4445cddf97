package fuzz_test

import (
	"context"
	"testing"

	"github.com/bixidata/bixi/bench/fuzz"
	"github.com/bixidata/bixi/server/embed"
)

// TestOwnForms runs each form of our dialect alone, so that none is refused.
func TestOwnForms(t *testing.T) {
	n, err := embed.Open(context.Background(), embed.Config{Warehouse: t.TempDir(), Scratch: t.TempDir(), Verify: true, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	for text, err := range fuzz.TryOwnForms(t.Context(), n, 1) {
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
