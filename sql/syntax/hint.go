package syntax

import "strings"

// parseHints reads /*+ name(arg, …), name, … */. Hints are advice: what is not
// one is passed over.
func parseHints(text string, t token) []*Hint {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "/*+"), "*/")
	var hints []*Hint
	for i := 0; i < len(text); {
		if !isLetter(text[i]) {
			i++
			continue
		}
		begin := i
		for i < len(text) && (isLetter(text[i]) || isDigit(text[i])) {
			i++
		}
		h := &Hint{Start: Start{t.pos()}, Name: strings.ToLower(text[begin:i])}
		if rest := strings.TrimLeft(text[i:], " \t\r\n"); strings.HasPrefix(rest, "(") {
			i = len(text) - len(rest) + 1
			h.Args, i = hintArgs(text, i)
		}
		hints = append(hints, h)
	}
	return hints
}

// hintArgs splits what is between text[i-1], an opening parenthesis, and the
// closing one, and gives the place behind that. Without a closing one there are
// no arguments.
func hintArgs(text string, i int) ([]string, int) {
	var args []string
	begin, depth := i, 0
	add := func(end int) {
		if arg := strings.TrimSpace(text[begin:end]); arg != "" {
			args = append(args, arg)
		}
		begin = end + 1
	}
	for ; i < len(text); i++ {
		switch text[i] {
		case '(', '[':
			depth++
		case ']':
			depth--
		case ')':
			if depth <= 0 {
				add(i)
				return args, i + 1
			}
			depth--
		case ',':
			if depth <= 0 {
				add(i)
			}
		}
	}
	return nil, i
}
