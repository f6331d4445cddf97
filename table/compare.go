package table

import (
	"cmp"
	"fmt"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Compare orders two non-null scalar datums of one type: -1, 0 or 1. FALSE comes
// before TRUE, texts compare by bytes.
func Compare(a, b types.Datum) int {
	switch a := a.(type) {
	case bool:
		switch {
		case a == b.(bool):
			return 0
		case a:
			return 1
		}
		return -1
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	case decimal.Int128:
		return a.Cmp(b.(decimal.Int128))
	}
	panic(fmt.Sprintf("table: %T has no order", a))
}
