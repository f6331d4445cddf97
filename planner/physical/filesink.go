package physical

import "github.com/bixidata/bixi/sql/types"

// TextFormat is how rows stand in text files; see table.TextFormat.
type TextFormat struct {
	Kind    string
	Comma   string
	Header  bool
	Null    string
	Columns []string
}

// FileSink writes its input to one file in the directory Location, under a name
// that begins with a point until the statement's owner renames it, and gives a row
// as TableSink does.
type FileSink struct {
	Unary
	Location string
	Text     *TextFormat // nil for Parquet
}

func (s *FileSink) Schema() types.Schema { return (&TableSink{}).Schema() }
func (s *FileSink) Describe() string {
	if s.Text != nil {
		return "FileSink " + s.Text.Kind + " " + s.Location
	}
	return "FileSink parquet " + s.Location
}
