package types

// Datum is one value outside a batch: a literal, a partition value, a bound of
// a statistic. Its dynamic type follows from the type it belongs to:
//
//	nil              NULL
//	bool             BOOLEAN
//	int64            the integers, DATE (days), DATETIME and TIMESTAMPs
//	                 (microseconds), the intervals (months, microseconds)
//	float64          FLOAT, DOUBLE
//	decimal.Int128   DECIMAL (the unscaled value)
//	string           STRING, VARCHAR, CHAR, BINARY (bytes), JSON (text)
//	[]Datum          ARRAY, STRUCT; MAP as alternating keys and values
//
// Datums never occur per row of a batch.
type Datum = any
