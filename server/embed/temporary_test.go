package embed_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
)

// TestTemporaryFiles holds statements to removing what jobs before their last one
// wrote, whether they succeed or fail.
func TestTemporaryFiles(t *testing.T) {
	warehouse := t.TempDir()
	n, err := embed.Open(t.Context(), embed.Config{Warehouse: warehouse, Scratch: t.TempDir(), Unsynced: true})
	closing(t, n, err)
	for _, text := range []string{
		"with recursive n as (select 1 as v union all select v + 1 from n where v < 5) select v from n",
		"with recursive n as (select 1 as v union all select v + 1 from n) select v from n",
		"create table t as with recursive n as (select 1 as v union all select v + 1 from n where v < 5) select v from n",
		"@a := cache on select 1 as x; @n := (select max(x) from @a); select x + @n as y from @a",
		"@a := cache on select 'a' as x; select cast(x as bigint) as y from @a",
	} {
		state := server.State{Project: "default", Settings: map[string]string{}}
		if strings.HasPrefix(text, "@") {
			state.Settings["odps.sql.submit.mode"] = "script"
		}
		_, err := console.Query(t.Context(), n.Statements, server.Request{Text: text, State: state})
		t.Log(err)
		err = filepath.WalkDir(warehouse, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.Contains(path, "_temporary") {
				t.Errorf("after %q there is %s", text, path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
