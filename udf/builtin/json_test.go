package builtin

import (
	"encoding/json"
	"testing"
)

// FuzzJSONPath compares the scanner with encoding/json.
func FuzzJSONPath(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `[1,[2],{"a":"x\"]"}]`, ` { "a" : [ true , null ] , "b":{}} `, `""`, `[`, `{"\u0061":5}`, `[-1.5e3, "é"]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var list []json.RawMessage
		if json.Unmarshal([]byte(text), &list) == nil && list != nil {
			got, _, err := new(jsonPath).find([]byte(text), []byte("$[*]"))
			if err != nil || len(got) != len(list) {
				t.Fatalf("%q has %d elements, found %d (%v)", text, len(list), len(got), err)
			}
			for i, v := range list {
				if string(v) != string(got[i]) {
					t.Fatalf("%q: element %d is %s, found %s", text, i, v, got[i])
				}
			}
		}
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &object) == nil {
			got, _, _ := new(jsonPath).find([]byte(text), []byte("$.a"))
			if _, ok := object["a"]; ok != (len(got) == 1) {
				t.Fatalf("%q: found %d values of a", text, len(got))
			}
		}
		if got, _, _ := new(jsonPath).find([]byte(text), []byte("$")); (len(got) == 1) != json.Valid([]byte(text)) {
			t.Fatalf("%q: found %q", text, got)
		}
	})
}
