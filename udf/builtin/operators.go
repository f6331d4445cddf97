package builtin

import "github.com/bixidata/bixi/udf"

// operators lists the arithmetic operators.
func operators() []*udf.Function { return nil }
