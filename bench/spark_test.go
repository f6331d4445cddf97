package bench

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bixidata/bixi/bench/groupby"
)

// TestSpark runs where Spark has been installed, which nothing does but `--peers spark`.
func TestSpark(t *testing.T) {
	o := wordOptions(t)
	o.Over, o.Runs, o.Peers, o.Queries = OverParquet, 0, []string{peerSpark}, []string{"q1", "q3"}
	o.Data, o.Venv = filepath.Join(t.TempDir(), "groupby"), filepath.Join("..", ".venv")
	if exec.Command(filepath.Join(o.Venv, "bin", "python"), "-c", "import pyspark").Run() != nil {
		t.Skip("there is no pyspark in .venv")
	}
	if _, err := exec.LookPath("java"); err != nil || testing.Short() {
		t.Skip("Spark needs Java and half a minute")
	}
	s, err := groupby.Suite(groupby.MinRows)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o.Out = &out
	r, err := Run(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if equal, all := r.Equal(); equal != all || all != 2 {
		r.Print(&out)
		t.Errorf("%d/%d equal:\n%s", equal, all, out.String())
	}
}
