package syntax

import (
	"strconv"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// plainTypes are the types without parameters, by the word that names them.
// typ must try these words with at, so that a misspelt one gets a hint.
var plainTypes = map[string]types.Type{
	"BOOLEAN": types.BooleanType, "TINYINT": types.TinyIntType, "SMALLINT": types.SmallIntType,
	"INT": types.IntType, "INTEGER": types.IntType, "BIGINT": types.BigIntType, "FLOAT": types.FloatType,
	"DOUBLE": types.DoubleType, "STRING": types.StringType, "BINARY": types.BinaryType, "DATE": types.DateType,
	"DATETIME": types.DatetimeType, "TIMESTAMP": types.TimestampType, "TIMESTAMP_NTZ": types.TimestampNTZType,
	"INTERVAL_YEAR_MONTH": types.MonthsType, "INTERVAL_DAY_TIME": types.DaysType, "JSON": types.JSONType,
}

// typeWords are all words a type can begin with, for hints.
var typeWords = []string{
	"BOOLEAN", "TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "NUMERIC",
	"STRING", "VARCHAR", "CHAR", "BINARY", "DATE", "DATETIME", "TIMESTAMP", "TIMESTAMP_NTZ", "ARRAY", "MAP",
	"STRUCT", "JSON",
}

func (p *parser) typ() types.Type {
	if !p.enter() {
		return types.Type{}
	}
	defer p.leave()
	t := p.tok()
	if plain, ok := plainTypes[t.word()]; ok {
		p.next()
		if t.word() == "DOUBLE" {
			p.accept("PRECISION")
		}
		return plain
	}
	switch t.word() {
	case "DECIMAL", "NUMERIC", "DEC":
		p.next()
		return p.decimal()
	case "VARCHAR":
		p.next()
		return types.VarcharOf(p.length(types.MaxVarchar))
	case "CHAR":
		p.next()
		return types.CharOf(p.length(types.MaxChar))
	case "ARRAY", "MAP", "STRUCT":
		p.next()
		p.expectOp("<")
		nested := p.nested(t.word())
		p.expectOp(">")
		return nested
	case "VECTOR", "BLOB", "GEOGRAPHY":
		p.unsupported("the type %s", t.word())
	}
	p.at(typeWords...)
	p.unexpected("a type")
	return types.Type{}
}

func (p *parser) nested(word string) types.Type {
	switch word {
	case "ARRAY":
		return types.ArrayOf(p.typ())
	case "MAP":
		key := p.typ()
		p.expectOp(",")
		return types.MapOf(key, p.typ())
	}
	return types.StructOf(list(p, p.structField)...)
}

func (p *parser) structField() types.Field {
	f := types.Field{Name: p.ident("a field name").Name}
	p.acceptOp(":")
	f.Type = p.typ()
	f.Required = p.accept("NOT", "NULL")
	if p.accept("COMMENT") {
		f.Comment = p.stringValue("a comment string")
	}
	return f
}

func (p *parser) decimal() types.Type {
	if !p.acceptOp("(") {
		return types.DecimalOf(types.MaxPrecision, types.DefaultScale)
	}
	pos := p.pos()
	precision := p.limited(1, types.MaxPrecision, "the precision of a DECIMAL")
	scale := 0
	if p.acceptOp(",") {
		scale = p.limited(0, types.MaxPrecision, "the scale of a DECIMAL")
	}
	if scale > precision {
		p.failAt(pos, diag.CodeParse, "a DECIMAL(%d,%d) has more decimals than digits", precision, scale)
	}
	p.expectOp(")")
	return types.DecimalOf(precision, scale)
}

func (p *parser) length(most int) int {
	p.expectOp("(")
	n := p.limited(1, most, "the length")
	p.expectOp(")")
	return n
}

// limited reads a whole number between least and most.
func (p *parser) limited(least, most int, what string) int {
	pos := p.pos()
	text := p.number(what)
	if p.err != nil {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.failAt(pos, diag.CodeParse, "%s must be %d to %d, not %s", what, least, most, clip(text))
	}
	return n
}
