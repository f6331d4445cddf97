package embed_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/bixidata/bixi/server/embed"
)

// TestCompression writes the same rows with each compression and looks for the rows'
// text in the files: only one of them can have it as often as it comes.
func TestCompression(t *testing.T) {
	dir := t.TempDir()
	n, err := embed.Open(context.Background(), embed.Config{Warehouse: dir, Scratch: t.TempDir(), Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	size := map[string]int64{}
	for _, codec := range []string{"zstd", "snappy", "uncompressed"} {
		script := fmt.Sprintf(`create table %[1]s (v string) tblproperties ('write.parquet.compression-codec'='zstd');
			alter table %[1]s set tblproperties ('write.parquet.compression-codec'='%[1]s');
			insert into %[1]s select concat(repeat('compressible', 5), t.pos) from (select posexplode(sequence(0, 9999)) as (pos, x)) t`, codec)
		if _, err := run(t, n, script); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "default", codec+"-*", "data", "*.parquet"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %d files, %v", codec, len(files), err)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		size[codec] = int64(len(data))
		if whole := bytes.Count(data, []byte("compressible")) >= 50000; whole != (codec == "uncompressed") {
			t.Errorf("%s: the rows stand in the file as they are: %t", codec, whole)
		}
	}
	if size["zstd"] >= size["snappy"] {
		t.Errorf("zstd takes %d bytes, snappy %d", size["zstd"], size["snappy"])
	}
}
