package master

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func records(t *testing.T, path string) ([]string, error) {
	t.Helper()
	j, err := OpenFileJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var got []string
	err = j.Replay(func(r []byte) error {
		got = append(got, string(r))
		return nil
	})
	return got, err
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFileJournalKeepsBatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := OpenFileJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Replay(func([]byte) error { return fmt.Errorf("not empty") }); err != nil {
		t.Fatal(err)
	}
	batches := [][]string{{"one"}, {"two", "", "three"}, {string(bytes.Repeat([]byte{7}, 1000))}}
	var want []string
	ends := []int{0} // size of the file after each batch
	for _, b := range batches {
		var raw [][]byte
		for _, r := range b {
			raw = append(raw, []byte(r))
			want = append(want, r)
		}
		if err := j.Append(raw...); err != nil {
			t.Fatal(err)
		}
		info, _ := os.Stat(path)
		ends = append(ends, int(info.Size()))
	}
	j.Close()
	if got, err := records(t, path); err != nil || !slices.Equal(got, want) {
		t.Fatalf("have %q, %v", got, err)
	}

	whole, _ := os.ReadFile(path)
	for cut := range whole {
		write(t, path, whole[:cut])
		got, err := records(t, path)
		n := 0
		for _, end := range ends[1:] {
			if end <= cut {
				n++
			}
		}
		if err != nil || len(got) != len(slices.Concat(batches[:n]...)) {
			t.Fatalf("cut to %d bytes: %d records, %v", cut, len(got), err)
		}
		if info, _ := os.Stat(path); int(info.Size()) != ends[n] {
			t.Fatalf("cut to %d bytes: the tail was not cut off", cut)
		}
	}

	// A damaged body of the last frame is a torn tail; all else is an error.
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x20
		write(t, path, damaged)
		got, err := records(t, path)
		torn := at >= ends[2]+8
		if torn && (err != nil || len(got) != 4) || !torn && err == nil {
			t.Fatalf("damage at byte %d gave %d records, %v", at, len(got), err)
		}
	}

	write(t, path, append(bytes.Clone(whole), make([]byte, 4096)...))
	if got, err := records(t, path); err != nil || !slices.Equal(got, want) {
		t.Errorf("with zeros behind: %d records, %v", len(got), err)
	}
}

func TestFileJournalCompacts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := OpenFileJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	j.Replay(func([]byte) error { return nil })
	for _, step := range []func() error{
		func() error { return j.Append([]byte("a"), []byte("b")) },
		func() error { return j.Compact([]byte("snapshot")) },
		func() error { return j.Append([]byte("c")) },
		j.Close,
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := records(t, path); err != nil || !slices.Equal(got, []string{"snapshot", "c"}) {
		t.Errorf("have %q, %v", got, err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("the directory holds %v", files)
	}
}
