package syntax

import "testing"

func TestSmoke(t *testing.T) {
	for _, s := range []string{
		"select a, b+1*2 as c from t where a = 1 and b in (1,2) group by a order by 1 limit 10",
		"select 1",
	} {
		st, err := ParseStatement(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(Print(st))
	}
}
