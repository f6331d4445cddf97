package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/bench/groupby"
	"github.com/bixidata/bixi/planner/setting"
)

// The suites that are queries, and where the flags that not all suites take have a
// meaning.
var (
	querySuites = []string{suiteTPCH, suiteTPCDS, suiteGroupBy}
	flagSuites  = map[string][]string{
		"sf":       {suiteTPCH, suiteTPCDS, suiteScan},
		"rows":     {suiteGroupBy},
		"mb":       {suiteSort, suiteWordCount},
		"over":     querySuites,
		"queries":  querySuites,
		"limit":    querySuites,
		"identity": querySuites,
		"set":      append([]string{suiteSort}, querySuites...),
		"memory":   append([]string{suiteSort, suiteWordCount}, querySuites...),
		"profile":  append([]string{suiteScan, suiteWordCount}, querySuites...),
		"threads":  append([]string{suiteSort, suiteStart, suiteWordCount}, querySuites...),
		"check":    append([]string{suiteScan, suiteSort, suiteWordCount}, querySuites...),
		"data":     append([]string{suiteScan, suiteSort, suiteWordCount}, querySuites...),
		"endpoint": {suiteWordCount},
	}
)

// checkFlags reports a flag that would have no effect.
func checkFlags(suite string, changed func(string) bool) error {
	for _, flag := range slices.Sorted(maps.Keys(flagSuites)) {
		if suites := flagSuites[flag]; changed(flag) && !slices.Contains(suites, suite) {
			return usagef("--%s is for %s, not for the suite %s", flag, strings.Join(suites, ", "), suite)
		}
	}
	if changed("limit") && (changed("memory") || changed("profile")) {
		return usagef("--limit measures processes of their own: --memory and --profile do not go with it")
	}
	return nil
}

// checkBench checks the flags, of which changed tells whether they were given.
func checkBench(suite string, f *benchFlags, changed func(string) bool) error {
	if !slices.Contains(suiteNames, suite) {
		return usagef("there is no suite %s: known are %s", suite, strings.Join(suiteNames, ", "))
	}
	if err := checkFlags(suite, changed); err != nil {
		return err
	}
	o := &f.options
	switch {
	case f.identity && (f.check || f.json != "" || len(o.Peers) > 0):
		return usagef("--identity compares with no peer and measures nothing")
	case changed("mb") && o.MB < 1:
		return usagef("--mb takes a positive number")
	case o.Over != bench.OverTables && o.Over != bench.OverParquet:
		return usagef("--over takes tables or parquet, not %q", o.Over)
	case suite == suiteGroupBy && f.rows < groupby.MinRows:
		return usagef("--rows takes a number of %d or more", groupby.MinRows)
	case o.Limit != "" && o.Over != bench.OverParquet:
		return usagef("--limit goes with --over parquet")
	case o.SF <= 0:
		return usagef("--sf takes a positive number")
	case o.Threads < 1:
		return usagef("--threads takes a positive number")
	case o.Runs < 1:
		return usagef("--runs takes a positive number; --check only compares answers")
	}
	for _, name := range o.Peers {
		if len(peers[suite]) == 0 {
			return usagef("the suite %s has no peers", suite)
		}
		if !slices.Contains(peers[suite], name) {
			return usagef("there is no peer %s: %s knows %s", name, suite, strings.Join(peers[suite], ", "))
		}
	}
	for name, size := range map[string]string{"memory": o.Memory, "limit": o.Limit} {
		n, err := setting.ParseBytes(size)
		if size != "" && (err != nil || n == 0) {
			return usagef("--%s takes a size such as 2gb, not %q", name, size)
		}
		if name == "limit" && size != "" {
			o.LimitBytes = int64(n)
		}
	}
	return nil
}
