package syntax

import "github.com/bixidata/bixi/sql/diag"

type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokWord             // an unquoted name or keyword
	tokQuoted           // a name in backquotes
	tokNumber           // digits with an optional suffix of letters
	tokString           // '…' or "…"
	tokRaw              // R'…'
	tokHex              // X'…'
	tokOp               // an operator or punctuation
	tokHint             // the inside of /*+ … */ after SELECT
	tokRest             // the raw rest of a SET or UNSET statement
	tokBad              // not a token; aux is a problem
)

// token is kept small, since a script is lexed as a whole: its text is a range
// of the script and is decoded when the parser wants it.
type token struct {
	kind       tokenKind
	aux        uint16 // tokWord: index into keywords, 0 for none; tokOp: into operators; tokBad: a problem
	begin, end uint32
	line, col  uint32
}

func (t token) pos() diag.Pos { return diag.Pos{Line: int(t.line), Col: int(t.col)} }

// word is the keyword in upper case, or "".
func (t token) word() string {
	if t.kind != tokWord {
		return ""
	}
	return keywords[t.aux].word
}

func (t token) op() string {
	if t.kind != tokOp {
		return ""
	}
	return operators[t.aux]
}

// problem is why a piece of text is not a token.
type problem uint16

const (
	badChar problem = iota
	openString
	openQuoted
	openComment
	emptyQuoted
	badOctal
	badHex
)

// isOpen reports a problem that more text could mend.
func (p problem) isOpen() bool { return p == openString || p == openQuoted || p == openComment }

// operators in the order they are tried: a longer one before its prefixes. The
// full-width forms stand for their ASCII twins.
var operators = [...]string{
	"<=>", "<>", "<=", "<", ">=", ">", "==", "=", "!=", "!", "||", "|", "->", "-", "::", ":=", ":",
	"+", "*", "/", "%", "^", "&", "~", "(", ")", "[", "]", ",", ";", ".", "@", "{", "}", "?",
}

var fullWidth = map[rune]string{'，': ",", '；': ";", '（': "(", '）': ")"}

// standing says where a keyword may be a name without backquotes.
type standing uint8

const (
	free     standing = iota // anywhere
	clause                   // a name, but not an alias without AS: it may begin the next clause
	reserved                 // nowhere
)

type keyword struct {
	word     string
	standing standing
}

// keywords are all words the grammar knows. Entry 0 is "no keyword".
var keywords = func() []keyword {
	list := []keyword{{}}
	add := func(s standing, words ...string) {
		for _, w := range words {
			list = append(list, keyword{w, s})
		}
	}
	add(reserved, "ALL", "AND", "AS", "BETWEEN", "CASE", "DISTINCT", "ELSE", "END", "EXISTS", "FALSE", "FROM",
		"GROUP", "HAVING", "IN", "INSERT", "INTO", "IS", "JOIN", "LIKE", "NOT", "NULL", "ON", "OR", "ORDER",
		"SELECT", "TABLE", "THEN", "TRUE", "UNION", "VALUES", "WHEN", "WHERE", "WITH")
	add(clause, "ASC", "BY", "CLUSTER", "CROSS", "DESC", "DISTRIBUTE", "DIV", "ESCAPE", "EXCEPT", "FULL", "INNER",
		"INTERSECT", "LATERAL", "LEFT", "LIMIT", "MINUS", "MOD", "NATURAL", "NULLS", "OFFSET", "OUTER", "OVER",
		"OVERWRITE", "PIVOT", "QUALIFY", "REGEXP", "RIGHT", "RLIKE", "SORT", "TABLESAMPLE", "UNPIVOT", "USING",
		"WINDOW")
	add(free, "ADD", "AFTER", "ALTER", "ANALYZE", "ANTI", "ANY", "ARRAY", "AUTO", "BIGINT", "BINARY", "BLOB",
		"BOOLEAN", "BOTH", "BUCKET", "BUCKETS", "CAST", "CHANGE", "CHANGEOWNER", "CHAR", "CLUSTERED", "COLUMN",
		"COLUMNS", "COMMENT", "COMPUTE", "CONSTRAINT", "CREATE", "CUBE", "CURRENT", "DATE", "DATETIME", "DAY",
		"DEC", "DECIMAL", "DEFAULT", "DELETE", "DEPENDENCY", "DESCRIBE", "DISABLE", "DOUBLE", "DROP", "ENABLE",
		"EXCHANGE", "EXCLUDE", "EXPLAIN", "EXTENDED", "EXTERNAL", "EXTRACT", "FILTER", "FIRST", "FLAGS", "FLOAT",
		"FOLLOWING", "FOR", "FORMAT", "FORMATTED", "FUNCTION", "FUNCTIONS", "GEOGRAPHY", "GROUPING", "GROUPS", "IF",
		"IGNORE", "INSTANCES", "INT", "INTEGER", "INTERVAL", "INTERVAL_DAY_TIME", "INTERVAL_YEAR_MONTH", "JOBS",
		"JSON", "KEY", "LAST", "LEADING", "LIFECYCLE", "LOCATION", "LOGICAL", "MAP", "MATERIALIZED", "MERGE",
		"NO", "NUMERIC", "OF", "OTHERS", "OUT", "P", "PARTITION", "PARTITIONED", "PARTITIONS", "PERCENT",
		"PRECEDING", "PRECISION", "PRIMARY", "PROJECT", "PROJECTS", "PURGE", "RANGE", "RECURSIVE", "RENAME",
		"REPLACE", "RESPECT", "ROLLUP", "ROW", "ROWS", "SCHEMA", "SCHEMAS", "SEMI", "SET", "SETS", "SHOW", "SKEWED",
		"SMALLINT", "SORTED", "STATISTIC", "STATISTICS", "STORED", "STRING", "STRUCT", "SUBSTRING", "TABLES",
		"TBLPROPERTIES", "TEMPORARY", "TIES", "TIMESTAMP", "TIMESTAMP_NTZ", "TINYINT", "TO", "TOUCH", "TRAILING",
		"TRANSFORM", "TRIM", "TRUNCATE", "UNBOUNDED", "UNKNOWN", "UNSET", "USE", "VARCHAR", "VECTOR", "VERSION",
		"VIEW", "VIEWS", "WITHIN")
	add(free, "INCLUDE", "REDUCE", "RESOURCES")
	add(clause, "ZORDER")
	add(free, "COLLECTION", "DEFINED", "DELIMITED", "DIRECTORY", "ESCAPED", "FIELDS", "ITEMS", "KEYS", "LINES", "LOAD",
		"LOCAL", "MATCHED", "PROPERTIES", "READ", "SERDE", "SERDEPROPERTIES", "SOURCE", "TARGET", "TERMINATED",
		"UNLOAD", "UPDATE")
	add(free, "ARCHIVE", "BUILD", "CLONE", "COMPACT", "COST", "COUNT", "DEFERRED", "HISTORY", "LSN", "MAJOR", "MINOR",
		"MSCK", "NORELY", "NOVALIDATE", "PARTITIONPROPERTIES", "REBUILD", "RECYCLEBIN", "RELY", "REPAIR", "RESTORE",
		"REWRITE", "SMALLFILES", "SQL", "VALIDATE")
	add(free, "BEGIN", "CACHE", "LIST", "LOOP", "RETURNS")
	add(free, unitWords...)
	return list
}()

// Keywords lists the words that the grammar knows, in upper case; for completion.
func Keywords() []string {
	words := make([]string, 0, len(keywords)-1)
	for _, k := range keywords[1:] {
		words = append(words, k.word)
	}
	return words
}

// longestKeyword bounds the words that are looked up.
const longestKeyword = 24

var keywordIndex = func() map[string]uint16 {
	m := make(map[string]uint16, len(keywords))
	for i, k := range keywords {
		m[k.word] = uint16(i)
	}
	return m
}()

// lookupKeyword finds a word, without regard to case, in keywords; 0 if absent.
func lookupKeyword(s string) uint16 {
	if len(s) > longestKeyword || s == "" {
		return 0
	}
	var buf [longestKeyword]byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	return keywordIndex[string(buf[:len(s)])]
}
