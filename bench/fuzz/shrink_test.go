package fuzz

import "testing"

// TestShrinkKeepsKeys checks that a refusal is made small without losing the keys
// whose absence would be a reason to refuse.
func TestShrinkKeepsKeys(t *testing.T) {
	for _, keys := range []bool{true, false} {
		key := same(plain(bigint), "ABS($0)", same(plain(bigint), "a").asColumn())
		q := &query{limit: -1, items: []*expr{key, key}, group: []*expr{key}, from: &relation{table: "t", alias: "r"}}
		s := &shrinker{fails: func() bool { return true }, keys: keys}
		s.query(q)
		if len(q.items) != 1 {
			t.Errorf("%d items are left", len(q.items))
		}
		if kept := len(q.group) == 1 && q.group[0] == key; kept != keys {
			t.Errorf("the keys are kept: %v, not %v", kept, keys)
		}
	}
}
