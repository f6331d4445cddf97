package diag

import "strings"

// Render is the text a console shows for err: the error, the line of the
// statement it points at with a caret below the place, and the hint; then the
// same for the errors beside it.
func Render(err error, statement string) string {
	e := Of(err)
	text := render(err.Error(), e, statement)
	for _, more := range e.Also {
		text += "\n" + render(more.Error(), more, statement)
	}
	return text
}

func render(message string, e *Error, statement string) string {
	var b strings.Builder
	b.WriteString("FAILED: ")
	b.WriteString(message)
	if e.Pos.IsValid() {
		lines := strings.Split(statement, "\n")
		if e.Pos.Line <= len(lines) {
			line := strings.TrimRight(lines[e.Pos.Line-1], "\r")
			b.WriteString("\n  " + strings.ReplaceAll(line, "\t", " "))
			b.WriteString("\n  " + strings.Repeat(" ", min(max(e.Pos.Col-1, 0), len([]rune(line)))) + "^")
		}
	}
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	return b.String()
}
