package setting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
)

func value(s *setting.Settings, name string) (string, bool) {
	for _, p := range s.List() {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

func TestFields(t *testing.T) {
	s := setting.Default()
	for _, f := range setting.Fields() {
		if f.Doc == "" || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%s has no sentence of documentation", f.Name)
		}
		if f.Name != strings.ToLower(f.Name) {
			t.Errorf("%s is not lower case, so SET would not find it", f.Name)
		}
		if _, listed := value(s, f.Name); !listed {
			t.Errorf("%s is not listed", f.Name)
		}
	}
}

func TestSet(t *testing.T) {
	s := setting.Default()
	for _, c := range []struct{ name, set, want string }{
		{"bixi.batch.rows", "3", "3"},
		{" BIXI.Batch.Rows ", " 7 ", "7"},
		{"bixi.optimizer", "FALSE", "false"},
		{"bixi.memory.limit", "64mb", "67108864"},
		{"odps.sql.timezone", "UTC", "UTC"},
		{"odps.of.another.client", "kept", "kept"},
	} {
		if err := s.Set(c.name, c.set); err != nil {
			t.Fatalf("%s=%s: %v", c.name, c.set, err)
		}
		if got, _ := value(s, strings.ToLower(strings.TrimSpace(c.name))); got != c.want {
			t.Errorf("%s=%s became %q, want %q", c.name, c.set, got, c.want)
		}
	}
	for _, c := range []struct{ name, set, hint string }{
		{"bixi.batch.row", "1", "did you mean bixi.batch.rows?"},
		{"bixi.batch.rows", "many", "Rows that operators aim for in a batch."},
		{"bixi.batch.rows", "-1", "Rows that operators aim for in a batch."},
		{"bixi.optimizer", "perhaps", "Whether optional rewrites run; off for tests."},
		{"bixi.memory.limit", "5 parsecs", ""},
		{"bixi.statement.timeout", "soon", "How long a statement may run, such as 30s or 2h; 0s for ever."},
		{"bixi.statement.timeout", "-1s", ""},
		{"bixi.exchange.mode", "sideways", ""},
	} {
		err := s.Set(c.name, c.set)
		if err == nil || diag.Of(err).Code != diag.CodeInvalidParameter || c.hint != "" && diag.Of(err).Hint != c.hint {
			t.Errorf("%s=%s gave %v, hint %q", c.name, c.set, err, diag.Of(err).Hint)
		}
	}
}

func TestUnsetAndClone(t *testing.T) {
	s := setting.Default()
	for _, p := range [][2]string{{"bixi.partitions", "9"}, {"x.y", "1"}} {
		if err := s.Set(p[0], p[1]); err != nil {
			t.Fatal(err)
		}
	}
	c := s.Clone()
	for _, name := range []string{"bixi.partitions", "x.y"} {
		if err := c.Unset(name); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(c.List(), setting.Default().List()) {
		t.Error("what was set and unset is not what it was")
	}
	if s.Partitions != 9 {
		t.Error("a clone's change showed in the original")
	}
	if v, _ := value(s, "x.y"); v != "1" {
		t.Error("a clone's change of an unknown name showed in the original")
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1048576": 1 << 20, "64mb": 64 << 20, "2g": 2 << 30, "1.5 KiB": 1536, "3b": 3, "1T": 1 << 40,
	} {
		if got, err := setting.ParseBytes(text); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "mb", "-1", "1xb", "1mk", "nan", "inf", "99999999t"} {
		if got, err := setting.ParseBytes(text); err == nil {
			t.Errorf("%q became %d", text, got)
		}
	}
}
