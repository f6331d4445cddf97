package console

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/reeflective/readline"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/syntax"
)

// lookupTime bounds how long Tab waits for the names of tables.
const lookupTime = 500 * time.Millisecond

// completer proposes keywords, and the tables of the project.
type completer struct {
	console *Console
	ctx     context.Context // of the session
}

// complete proposes what the word that ends at the cursor may become.
func (d *completer) complete(line []rune, cursor int) readline.Completions {
	from := cursor
	for from > 0 && isWord(line[from-1]) {
		from--
	}
	prefix := string(line[from:cursor])
	tables := startingWith(prefix, d.tables())
	words := syntax.Keywords()
	if prefix == strings.ToLower(prefix) {
		for i, w := range words {
			words[i] = strings.ToLower(w)
		}
	}
	slices.Sort(words)
	return readline.CompleteValues(tables...).Tag("tables").
		Merge(readline.CompleteValues(startingWith(prefix, words)...).Tag("keywords"))
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func startingWith(prefix string, words []string) []string {
	var out []string
	for _, w := range words {
		if len(w) >= len(prefix) && strings.EqualFold(w[:len(prefix)], prefix) {
			out = append(out, w)
		}
	}
	return out
}

// tables gives the names of the project's tables, none if that takes long.
func (d *completer) tables() []string {
	ctx, stop := context.WithTimeout(d.ctx, lookupTime)
	defer stop()
	rows, err := Query(ctx, d.console.Statements, server.Request{Text: "SHOW TABLES", State: d.console.State, User: d.console.User})
	if err != nil {
		return nil
	}
	var names []string
	for _, r := range rows.Rows {
		if name, ok := r[0].(string); ok {
			names = append(names, name)
		}
	}
	return names
}
