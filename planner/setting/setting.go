// Package setting is the list of a session's settings: one struct field each,
// whose tags hold its name, default and documentation. docs/settings.md is made
// from it. Settings of the product whose clients we serve (odps.*) that bixi does
// not know are kept and ignored, as clients send many.
package setting

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bixidata/bixi/sql/diag"
)

// Bytes is a size, written with an optional unit: 64mb, 2g, 1048576.
type Bytes int64

// Settings are the values of one session.
type Settings struct {
	CacheDisk        Bytes         `name:"bixi.cache.disk" default:"4gb" doc:"Bytes of the scratch directory that a process may fill with dictionaries of Parquet files it reads again and again and has no memory for; 0 keeps none."`
	MemoryLimit      Bytes         `name:"bixi.memory.limit" default:"0" doc:"Bytes that operators of a process may hold; 0 takes most of what the machine or its cgroup has."`
	BatchRows        int           `name:"bixi.batch.rows" default:"4096" doc:"Rows that operators aim for in a batch."`
	Optimizer        bool          `name:"bixi.optimizer" default:"true" doc:"Whether optional rewrites run; off for tests."`
	Partitions       int           `name:"bixi.partitions" default:"0" doc:"Partitions of every hash exchange; 0 follows from the data's size."`
	BroadcastBytes   Bytes         `name:"bixi.broadcast.bytes" default:"128mb" doc:"The largest estimated build side of a join that every task reads whole."`
	SplitBytes       Bytes         `name:"bixi.split.bytes" default:"32mb" doc:"Compressed bytes that a scanning task reads."`
	SpillAlways      bool          `name:"bixi.spill.always" default:"false" doc:"Whether blocking operators spill at every opportunity; for tests."`
	Reencode         bool          `name:"bixi.test.reencode" default:"false" doc:"Whether plans are encoded and decoded before they run, statements printed and parsed again; for tests."`
	ExchangeMode     string        `name:"bixi.exchange.mode" default:"auto" allow:"auto durable pipelined" doc:"auto, durable or pipelined: the mode of every exchange edge."`
	MaxPartitions    int           `name:"odps.sql.dynamic.partition.max" default:"2000" doc:"Dynamic partitions that one statement may write."`
	TimeZone         string        `name:"odps.sql.timezone" default:"Asia/Shanghai" doc:"The session's time zone."`
	SubmitMode       string        `name:"odps.sql.submit.mode" default:"sql" allow:"sql script" doc:"sql or script: whether what is submitted is one statement or a script, which may use variables and has one outcome."`
	MaxIterations    int           `name:"odps.sql.rcte.max.iterate.num" default:"10" doc:"How often the step of a recursive WITH is repeated, 100 at most; it is an error if the rows do not end before."`
	Strict           bool          `name:"odps.function.strictmode" default:"true" doc:"Whether an invalid cast is an error; otherwise it gives NULL."`
	TypeSystem2      bool          `name:"odps.sql.type.system.odps2" default:"true" doc:"Whether the 2.0 type system holds; otherwise the 1.0 one: integer literals and INT are BIGINT, and more conversions are implicit."`
	HiveCompatible   bool          `name:"odps.sql.hive.compatible" default:"false" doc:"Whether functions and conversions behave as in Hive where they differ (docs/dialect.md)."`
	LongDates        bool          `name:"odps.sql.executionengine.enable.string.to.date.full.format" default:"false" doc:"Whether CAST reads a DATE from a text that has a time of day too; otherwise such a text is none."`
	NewJSONObject    bool          `name:"odps.sql.udf.getjsonobj.new" default:"true" doc:"Whether GET_JSON_OBJECT gives the text as it stands; otherwise it is written anew, with sorted keys."`
	MapKeys          string        `name:"odps.sql.map.key.dedup.policy" default:"last_win" allow:"last_win exception" doc:"last_win or exception: what becomes of equal keys of a map."`
	GroupPositions   bool          `name:"odps.sql.groupby.position.alias" default:"true" doc:"Whether a number in GROUP BY is the item of the select list at that place; otherwise it is a constant."`
	OrderPositions   bool          `name:"odps.sql.groupby.orderby.position.alias" default:"true" doc:"Whether a number in ORDER BY is the item of the select list at that place; otherwise it is a constant."`
	AllowFullScan    bool          `name:"odps.sql.allow.fullscan" default:"true" doc:"Whether a partitioned table may be read without a condition on its partitions."`
	OrderNeedsLimit  bool          `name:"odps.sql.validate.orderby.limit" default:"false" doc:"Whether ORDER BY is refused without LIMIT."`
	AllowCartesian   bool          `name:"odps.sql.allow.cartesian" default:"true" doc:"Whether joins without a condition are allowed."`
	Schema           string        `name:"odps.default.schema" default:"default" doc:"The schema of names without one; USE SCHEMA sets it."`
	Schemas          bool          `name:"odps.namespace.schema" default:"true" doc:"Whether a name a.b may be table b of the schema a, where there is no table b in a project a."`
	Scripts          bool          `name:"bixi.script.allowed" default:"true" doc:"Whether SELECT TRANSFORM may run programs."`
	Transactional    bool          `name:"odps.sql.dml.transactional.only" default:"false" doc:"Whether UPDATE, DELETE and MERGE are refused for tables without 'transactional'='true'."`
	StatementTimeout time.Duration `name:"bixi.statement.timeout" default:"0s" doc:"How long a statement may run, such as 30s or 2h; 0s for ever."`

	other map[string]string
}

// Default gives the settings of a new session.
func Default() *Settings {
	s := &Settings{other: map[string]string{}}
	for _, f := range fields() {
		if err := s.Set(f.Name, f.Default); err != nil {
			panic(err)
		}
	}
	return s
}

// Field documents a setting.
type Field struct {
	Name, Default, Doc string
	allow              []string // the values it can have; none for any
	index              int
}

func fields() []Field {
	t := reflect.TypeFor[Settings]()
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("name"); name != "" {
			out = append(out, Field{name, f.Tag.Get("default"), f.Tag.Get("doc"), strings.Fields(f.Tag.Get("allow")), i})
		}
	}
	return out
}

// Fields lists the known settings.
func Fields() []Field { return fields() }

// Clone copies the settings.
func (s *Settings) Clone() *Settings {
	c := *s
	c.other = map[string]string{}
	for k, v := range s.other {
		c.other[k] = v
	}
	return &c
}

// Set gives the named setting a value.
func (s *Settings) Set(name, value string) error {
	key := strings.ToLower(strings.TrimSpace(name))
	for _, f := range fields() {
		if f.Name == key {
			return s.assign(f, strings.TrimSpace(value))
		}
	}
	if strings.HasPrefix(key, "bixi.") {
		e := diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "there is no setting %s", name)
		if near, _ := Near(key); near != "" {
			e.WithHint("did you mean %s?", near)
		}
		return e
	}
	s.other[key] = value
	return nil
}

// Near tells whether there is a setting of this name, in lower case, and if not
// which one is spelled almost the same, if any.
func Near(key string) (near string, known bool) {
	prefix := ""
	for _, p := range []string{"bixi.", "odps.", "odps.sql."} {
		if strings.HasPrefix(key, p) {
			prefix = p // what all names share is no likeness
		}
	}
	var names []string
	for _, f := range fields() {
		if f.Name == key {
			return "", true
		}
		if rest, ok := strings.CutPrefix(f.Name, prefix); ok {
			names = append(names, rest)
		}
	}
	if near = diag.Near(strings.TrimPrefix(key, prefix), names); near != "" {
		near = prefix + near
	}
	return near, false
}

// Unset restores the default.
func (s *Settings) Unset(name string) error {
	key := strings.ToLower(strings.TrimSpace(name))
	for _, f := range fields() {
		if f.Name == key {
			return s.assign(f, f.Default)
		}
	}
	delete(s.other, key)
	return nil
}

func (s *Settings) assign(f Field, value string) error {
	v := reflect.ValueOf(s).Elem().Field(f.index)
	var err error
	switch v.Interface().(type) {
	case Bytes:
		var n int64
		if n, err = ParseBytes(value); err == nil {
			v.SetInt(n)
		}
	case int:
		var n int
		if n, err = strconv.Atoi(value); err == nil && n < 0 {
			err = fmt.Errorf("it cannot be negative")
		}
		v.SetInt(int64(n))
	case bool:
		var b bool
		b, err = strconv.ParseBool(strings.ToLower(value))
		v.SetBool(b)
	case time.Duration:
		var d time.Duration
		if d, err = time.ParseDuration(value); err == nil && d < 0 {
			err = fmt.Errorf("it cannot be negative")
		}
		v.SetInt(int64(d))
	default:
		if len(f.allow) > 0 && !slices.Contains(f.allow, value) {
			err = fmt.Errorf("it is one of %s", strings.Join(f.allow, ", "))
		}
		v.SetString(value)
	}
	if err != nil {
		return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "%s cannot be %q", f.Name, value).WithHint("%s", f.Doc)
	}
	return nil
}

// ParseBytes reads a size such as 64mb.
func ParseBytes(text string) (int64, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	num := strings.TrimRight(text, "kmgtib")
	unit := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(text, num), "b"), "i")
	shift, ok := map[string]int{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[unit]
	f, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	f *= float64(int64(1) << shift)
	if err != nil || !ok || !(f >= 0 && f < math.MaxInt64) { // not NaN either
		return 0, fmt.Errorf("%q is not a size", text)
	}
	return int64(f), nil
}

// Pair is a setting and its value as text.
type Pair struct{ Name, Value string }

// List gives all settings with their values, in order of name.
func (s *Settings) List() []Pair {
	var out []Pair
	v := reflect.ValueOf(s).Elem()
	for _, f := range fields() {
		out = append(out, Pair{f.Name, fmt.Sprint(v.Field(f.index).Interface())})
	}
	for k, val := range s.other {
		out = append(out, Pair{k, val})
	}
	slices.SortFunc(out, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	return out
}
