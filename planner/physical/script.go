package physical

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Script runs a program for each task: the values of Args are its standard input,
// a row a line, and the lines of its standard output are rows of the STRING
// columns Names. Fields that are missing are NULL.
type Script struct {
	Unary
	Args    []scalar.Expr
	Program ScriptProgram
	Names   []string
}

// ScriptProgram is how a script is run. It is started without a shell.
type ScriptProgram struct {
	Words   []string
	In, Out ScriptFormat
	// Rest gives the last column all that is left of a line; otherwise what is
	// behind its last field is dropped.
	Rest bool
	// Line and Col are the place in the statement, for errors.
	Line, Col int
}

// ScriptFormat is how rows are written: what separates fields, and how NULL is
// spelled.
type ScriptFormat struct {
	Field, Null string
}

func (p ScriptProgram) String() string { return fmt.Sprintf("%q", strings.Join(p.Words, " ")) }

func (s *Script) Schema() types.Schema {
	out := make(types.Schema, len(s.Names))
	for i, name := range s.Names {
		out[i] = types.Field{Name: name, Type: types.StringType}
	}
	return out
}

func (s *Script) Describe() string {
	return fmt.Sprintf("Script %v = %s(%s)", s.Names, s.Program, exprs(s.Args))
}
