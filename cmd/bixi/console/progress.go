package console

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bixidata/bixi/server"
)

const (
	// redrawEvery is the pause between two pictures on a terminal; the first
	// comes after one, so that short statements show none.
	redrawEvery = 150 * time.Millisecond
	// logEvery is the pause between two lines of progress elsewhere.
	logEvery = time.Second
	// maxStages is how many stages a picture shows.
	maxStages = 20
)

// watch waits for a statement's end and shows its progress meanwhile.
func (c *Console) watch(ctx context.Context, st server.Statement) (server.Outcome, error) {
	switch {
	case c.Terminal:
		return c.draw(ctx, st)
	case c.Progress:
		return c.log(ctx, st)
	}
	return st.Wait(ctx)
}

// draw keeps a picture of the stages on the terminal and erases it at the end.
func (c *Console) draw(ctx context.Context, st server.Statement) (server.Outcome, error) {
	lines := 0
	for {
		outcome, err, ended := pause(ctx, st, redrawEvery)
		if lines > 0 {
			fmt.Fprintf(c.Err, "\x1b[%dA\x1b[J", lines)
		}
		if ended {
			return outcome, err
		}
		picture := Picture(st.Progress())
		for _, l := range picture {
			fmt.Fprintln(c.Err, c.cut(l))
		}
		lines = len(picture)
	}
}

// cut keeps a line from wrapping.
func (c *Console) cut(line string) string {
	width := c.Width
	if width == 0 {
		width = 80
	}
	if r := []rune(line); len(r) >= width {
		return string(r[:width-1])
	}
	return line
}

// log writes a line whenever something has changed.
func (c *Console) log(ctx context.Context, st server.Statement) (server.Outcome, error) {
	last := ""
	for {
		outcome, err, ended := pause(ctx, st, logEvery)
		line := Line(st.Progress())
		if line != last && (!ended || last != "") && line != "" {
			fmt.Fprintln(c.Err, time.Now().Format(time.DateTime), line)
			last = line
		}
		if ended {
			return outcome, err
		}
	}
}

// pause waits for the statement's end, but not longer than d.
func pause(ctx context.Context, st server.Statement, d time.Duration) (o server.Outcome, err error, ended bool) {
	short, stop := context.WithTimeout(ctx, d)
	defer stop()
	o, err = st.Wait(short)
	ended = err == nil || ctx.Err() != nil || !errors.Is(err, short.Err())
	return o, err, ended
}

// Picture shows a statement's progress in lines: a summary, then a line a stage.
func Picture(p server.Progress) []string {
	elapsed := fmt.Sprintf("%.1fs", p.Elapsed.Seconds())
	if len(p.Stages) == 0 {
		return []string{fmt.Sprintf("%s %s", p.Phase, elapsed)}
	}
	const bar = 24
	full := int(p.Fraction() * bar)
	lines := []string{fmt.Sprintf("%s [%s%s] %3.0f%% %s", p.Phase, strings.Repeat("=", full), strings.Repeat("-", bar-full), 100*p.Fraction(), elapsed)}
	wide := len("STAGE")
	for _, s := range p.Stages {
		wide = max(wide, len(s.Label))
	}
	lines = append(lines, fmt.Sprintf("  %-*s %7s %7s %7s %15s", wide, "STAGE", "TOTAL", "RUNNING", "DONE", "ROWS"))
	for i, s := range p.Stages {
		if i == maxStages {
			return append(lines, fmt.Sprintf("  and %d more", len(p.Stages)-maxStages))
		}
		lines = append(lines, fmt.Sprintf("  %-*s %7d %7d %7d %15s", wide, s.Label, s.Total, s.Running, s.Done, thousands(s.Rows)))
	}
	return lines
}

// Line shows a statement's progress in one line: running/done/total[percent] of
// each stage.
func Line(p server.Progress) string {
	var parts []string
	for _, s := range p.Stages {
		percent := 0
		if s.Total > 0 {
			percent = 100 * s.Done / s.Total
		}
		parts = append(parts, fmt.Sprintf("%s:%d/%d/%d[%d%%]", s.Label, s.Running, s.Done, s.Total, percent))
	}
	return strings.Join(parts, "  ")
}

// thousands writes n with a comma at every third digit.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}
