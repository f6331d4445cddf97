package planner

import (
	"fmt"
	"strings"
)

// box draws the frame in which DESC shows a table to people.
type box struct{ b strings.Builder }

// boxWidth is the number of characters between the edges.
const boxWidth = 84

func (b *box) rule() { fmt.Fprintf(&b.b, "+%s+\n", strings.Repeat("-", boxWidth)) }

// line writes text between the edges; a longer one pushes the right edge out.
func (b *box) line(text string) { fmt.Fprintf(&b.b, "| %-*s |\n", boxWidth-2, text) }

// fact writes a name and a value with the values below one another.
func (b *box) fact(name, value string) { b.line(fmt.Sprintf("%-26s%s", name+":", value)) }

// cells writes cells of the given widths, the last of which fills the line.
func (b *box) cells(widths []int, cells ...string) {
	var text strings.Builder
	for i, c := range cells {
		if i == len(cells)-1 {
			text.WriteString(c)
			break
		}
		fmt.Fprintf(&text, "%-*s | ", widths[i], c)
	}
	b.line(text.String())
}

func (b *box) String() string { return b.b.String() }
