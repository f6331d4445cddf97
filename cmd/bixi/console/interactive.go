package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"

	"github.com/bixidata/bixi/sql/syntax"
)

const help = `Statements end with a semicolon and may take several lines.
  show tables;                    the tables of the project
  desc [extended] TABLE;          the columns of a table
  show partitions TABLE;          its partitions
  explain [analyze] QUERY;        how a query is, or was, carried out
  set NAME=VALUE;  set;           change a setting; show all settings
  use PROJECT;  show projects;    change the project; show the projects
  show functions;  desc function NAME;
  set odps.sql.submit.mode=script;  from here on lines up to an empty one are one script
  help;  quit;                    this text; leave (also: ctrl-D)
Ctrl-C clears what has been typed, or cancels the statement that runs.
`

// Interactive reads statements from the terminal and runs them until the user
// leaves. A statement that fails ends nothing. History is kept in the file of
// that name, or in memory if it is empty.
func (c *Console) Interactive(ctx context.Context, history string) error {
	shell, err := c.shell(ctx, history)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		text, err := shell.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(c.Err)
			return nil
		case err != nil:
			return fmt.Errorf("reading the terminal: %w", err)
		}
		if c.typed(ctx, text) {
			return nil
		}
	}
	return ErrInterrupted
}

// shell makes the line editor. Statements are edited whole: Enter begins a new
// line until there is a semicolon, or in script mode until a line is empty.
func (c *Console) shell(ctx context.Context, history string) (*readline.Shell, error) {
	shell := readline.NewShell(inputrc.WithApp("bixi"))
	// Continuation lines have a prompt. Asking the terminal for the cursor's place
	// would mix its answer with what is typed ahead.
	for option, on := range map[string]bool{"multiline-column": true, "cursor-position-probe": false} {
		if err := shell.Config.Set(option, on); err != nil {
			return nil, fmt.Errorf("setting up the line editor: %w", err)
		}
	}
	shell.Prompt.Primary(func() string { return c.prompt() + "> " })
	shell.Prompt.Secondary(func() string { return strings.Repeat(" ", len(c.prompt())-1) + "-> " })
	shell.AcceptMultiline = func(line []rune) bool { return c.ends(string(line)) }
	done := &completer{console: c, ctx: ctx}
	shell.Completer = done.complete
	if history == "" {
		return shell, nil
	}
	if err := os.MkdirAll(filepath.Dir(history), 0o700); err != nil {
		return nil, fmt.Errorf("making a place for the history: %w", err)
	}
	// The editor opens an existing file only.
	f, err := os.OpenFile(history, os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keeping the history: %w", err)
	}
	f.Close()
	past, err := readline.NewHistoryFromFile(history)
	if err != nil {
		return nil, fmt.Errorf("reading the history: %w", err)
	}
	shell.History.Delete()
	shell.History.Add("statements", past)
	return shell, nil
}

func (c *Console) prompt() string {
	if c.scriptMode() {
		return "bixi:" + c.State.Project + " script"
	}
	return "bixi:" + c.State.Project
}

// ends says that Enter ends the input. A script, which has many semicolons, ends
// with an empty line.
func (c *Console) ends(text string) bool {
	last := text[strings.LastIndexByte(text, '\n')+1:]
	if !c.scriptMode() || word(text) != "" || strings.TrimSpace(text) == "" {
		return complete(text)
	}
	return strings.TrimSpace(last) == "" && complete(text)
}

// complete says that text is a whole: it is blank, a word of the console, or ends
// with a semicolon.
func complete(text string) bool {
	if text = strings.TrimSpace(text); text == "" || word(text) != "" {
		return true
	}
	_, incomplete := syntax.Split(text)
	return !incomplete
}

// word gives the console's own command that text is, or "".
func word(text string) string {
	text = strings.ToLower(strings.TrimSpace(strings.TrimRight(text, "; \t\n")))
	switch text {
	case "quit", "exit":
		return "quit"
	case "help", "?":
		return "help"
	}
	return ""
}

// typed runs what was typed, statement by statement, and says whether the user
// wants to leave.
func (c *Console) typed(ctx context.Context, text string) (leave bool) {
	pieces, _ := syntax.Split(text)
	for _, p := range pieces {
		switch word(p.Text) {
		case "quit":
			return true
		case "help":
			fmt.Fprint(c.Err, help)
			continue
		}
		// The terminal sends an interrupt only while a statement runs; otherwise
		// Ctrl-C is a key.
		run, stop := signal.NotifyContext(ctx, os.Interrupt)
		whole := c.scriptMode()
		if whole {
			p.Text = text[p.Range.Begin:]
		}
		err := c.run(run, p, text)
		stop()
		if errors.Is(err, ErrInterrupted) {
			fmt.Fprint(c.Err, "\r\x1b[Kcancelled\n") // over the ^C that the terminal shows
		}
		if err != nil || whole {
			return false
		}
	}
	return false
}

// HistoryFile is where the history is kept by default: below the user's data
// directory.
func HistoryFile(getenv func(string) string) string {
	if dir := getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "bixi", "history")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "bixi", "history")
	}
	return ""
}
