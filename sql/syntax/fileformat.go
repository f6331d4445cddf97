package syntax

import "github.com/bixidata/bixi/sql/diag"

// FileFormat is how the files of LOAD, UNLOAD and INSERT DIRECTORY are written:
// ROW FORMAT …, STORED AS …, STORED BY ….
type FileFormat struct {
	Start
	StoredAs   string      // upper case, "" when absent
	StoredBy   string      // a handler, "" when absent
	Serde      string      // of ROW FORMAT SERDE, "" when absent
	Properties []*Property // WITH SERDEPROPERTIES
	Delimited  *Delimited  // nil when absent
}

// Delimited is ROW FORMAT DELIMITED; what is absent is nil.
type Delimited struct {
	Start
	Fields, Escape, Items, Keys, Lines, Null *string
}

// fileFormat reads the clauses in any order; nil if there is none.
func (p *parser) fileFormat() *FileFormat {
	f := &FileFormat{Start: p.start()}
	begin := p.i
	for p.fileFormatClause(f) {
	}
	if p.i == begin {
		return nil
	}
	return f
}

func (p *parser) fileFormatClause(f *FileFormat) bool {
	switch {
	case p.accept("ROW", "FORMAT", "SERDE"):
		f.Serde = p.className("the name of a class in quotes")
	case p.atSeq("ROW", "FORMAT", "DELIMITED"):
		f.Delimited = p.delimited()
	case p.accept("STORED", "AS"):
		f.StoredAs = upper(p.ident("a file format").Name)
	case p.accept("STORED", "BY"):
		f.StoredBy = p.className("the name of a handler in quotes")
	case p.accept("WITH", "SERDEPROPERTIES"):
		f.Properties = append(f.Properties, p.properties()...)
	default:
		return false
	}
	return p.err == nil
}

// className is a text that is not empty.
func (p *parser) className(what string) string {
	at := p.tok().pos()
	s := p.stringValue(what)
	if s == "" && p.err == nil {
		p.failAt(at, diag.CodeParse, "expected %s", what)
	}
	return s
}

func (p *parser) delimited() *Delimited {
	d := &Delimited{Start: p.start()}
	p.expect("ROW", "FORMAT", "DELIMITED")
	for p.err == nil {
		switch {
		case p.accept("FIELDS", "TERMINATED", "BY"):
			d.Fields = p.delimiter()
		case p.accept("ESCAPED", "BY"):
			d.Escape = p.delimiter()
		case p.accept("COLLECTION", "ITEMS", "TERMINATED", "BY"):
			d.Items = p.delimiter()
		case p.accept("MAP", "KEYS", "TERMINATED", "BY"):
			d.Keys = p.delimiter()
		case p.accept("LINES", "TERMINATED", "BY"):
			d.Lines = p.delimiter()
		case p.accept("NULL", "DEFINED", "AS"):
			d.Null = p.delimiter()
		default:
			return d
		}
	}
	return d
}

func (p *parser) delimiter() *string {
	s := p.stringValue("a text in quotes")
	return &s
}

func (f *FileFormat) each(visit func(Node)) {
	if f.Delimited != nil {
		visit(f.Delimited)
	}
	visitAll(visit, f.Properties)
}

func (f *FileFormat) print(p *printer) {
	if f.StoredBy != "" {
		p.word("STORED BY")
		p.str(f.StoredBy)
	}
	if f.Serde != "" {
		p.word("ROW FORMAT SERDE")
		p.str(f.Serde)
	}
	if f.Delimited != nil {
		f.Delimited.print(p)
	}
	if f.Properties != nil {
		p.word("WITH SERDEPROPERTIES")
		printParens(p, f.Properties)
	}
	if f.StoredAs != "" {
		p.word("STORED AS")
		p.ident(Ident{Name: f.StoredAs})
	}
}

func (d *Delimited) each(func(Node)) {}

func (d *Delimited) print(p *printer) {
	p.word("ROW FORMAT DELIMITED")
	for _, part := range []struct {
		words string
		value *string
	}{
		{"FIELDS TERMINATED BY", d.Fields}, {"ESCAPED BY", d.Escape}, {"COLLECTION ITEMS TERMINATED BY", d.Items},
		{"MAP KEYS TERMINATED BY", d.Keys}, {"LINES TERMINATED BY", d.Lines}, {"NULL DEFINED AS", d.Null},
	} {
		if part.value != nil {
			p.word(part.words)
			p.str(*part.value)
		}
	}
}
