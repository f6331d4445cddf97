package taskpb

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerated writes the generated files anew and compares. It leaves out
// installing the compiler, which generate.sh does when it is run by hand.
func TestGenerated(t *testing.T) {
	if exec.Command("../../.venv/bin/python", "-c", "import grpc_tools").Run() != nil {
		t.Skip("the protobuf compiler is not installed; mapreduce/taskpb/generate.sh installs it")
	}
	dir := t.TempDir()
	if out, err := exec.Command("sh", "generate.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"task.pb.go", "task_grpc.pb.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if have, err := os.ReadFile(name); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not what task.proto gives (%v); run mapreduce/taskpb/generate.sh", name, err)
		}
	}
}
