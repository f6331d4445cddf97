package server

import (
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// section is a part of a script: they follow each other in this order.
type section int

const (
	sectionSettings section = iota
	sectionDefinitions
	sectionRows
)

// checkOrder holds a script to SET, then DDL, then queries and DML, and to one
// query whose rows are shown.
func checkOrder(list []syntax.Statement) error {
	c := &orderCheck{}
	return c.all(list, true)
}

type orderCheck struct {
	at     section
	screen bool
}

func (c *orderCheck) all(list []syntax.Statement, top bool) error {
	for _, st := range list {
		if err := c.one(st, top); err != nil {
			return err
		}
	}
	return nil
}

func (c *orderCheck) one(st syntax.Statement, top bool) error {
	switch st := st.(type) {
	case *syntax.If:
		if err := c.all(st.Then, false); err != nil {
			return err
		}
		return c.all(st.Else, false)
	case *syntax.Loop:
		return c.all(st.Body, false)
	case *syntax.Set:
		if st.Key == "" || st.Show {
			return notInScript(st)
		}
		return c.follow(st, sectionSettings, "SET", top)
	case *syntax.Unset, *syntax.Use:
		return c.follow(st, sectionSettings, "USE", top)
	case *syntax.QueryStatement:
		if top && c.screen {
			return twoScreens(st)
		}
		c.screen = c.screen || top
		return c.follow(st, sectionRows, "", top)
	case *syntax.Assign, *syntax.Insert, *syntax.MultiInsert, *syntax.Update, *syntax.Delete, *syntax.Merge, *syntax.Load, *syntax.Unload:
		return c.follow(st, sectionRows, "", top)
	case *syntax.Show, *syntax.Desc, *syntax.Explain, *syntax.Cost, *syntax.Count, *syntax.Read, *syntax.Analyze:
		return notInScript(st)
	case *syntax.CreateFunction:
		if st.Temporary {
			return nil // it may stand anywhere
		}
	case *syntax.CreateTable:
		if st.As != nil {
			return c.follow(st, sectionRows, "", top)
		}
	}
	return c.follow(st, sectionDefinitions, "DDL", top)
}

// follow notes a statement of a section.
func (c *orderCheck) follow(st syntax.Statement, s section, what string, top bool) error {
	if s == sectionSettings && !top {
		return diag.Errorf(diag.CodeSemantic, st.Pos(), "%s stands at the beginning of a script, not in IF or LOOP", what)
	}
	if s < c.at {
		return diag.Errorf(diag.CodeSemantic, st.Pos(), "%s stands too late in the script", what).
			WithHint("the order is SET, then DDL, then queries and DML")
	}
	c.at = s
	return nil
}

func notInScript(st syntax.Statement) error {
	words := strings.Fields(syntax.Print(st))
	return diag.Errorf(diag.CodeSemantic, st.Pos(), "%s cannot stand in a script", strings.ToUpper(words[0])).
		WithHint("run it by itself, before or after the script")
}

func twoScreens(st syntax.Statement) error {
	return diag.Errorf(diag.CodeSemantic, st.Pos(), "a script shows the rows of one query, and this is the second").
		WithHint("keep the rows in a variable, @rows := SELECT …, or INSERT them")
}
