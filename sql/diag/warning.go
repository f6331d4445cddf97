package diag

import "fmt"

// Warning is something a user should know of a statement that nevertheless runs,
// such as a hint that was not obeyed.
type Warning struct {
	Pos Pos
	Msg string // lower case, no full stop
}

// Warningf makes a Warning.
func Warningf(pos Pos, format string, args ...any) Warning {
	return Warning{Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

// String renders "[1,15] msg", without the place if there is none.
func (w Warning) String() string {
	if !w.Pos.IsValid() {
		return w.Msg
	}
	return "[" + w.Pos.String() + "] " + w.Msg
}

// Warnings collects the warnings of a statement, each once.
type Warnings struct{ all []Warning }

// Add adds w unless the same warning is there.
func (ws *Warnings) Add(w Warning) {
	for _, known := range ws.all {
		if known == w {
			return
		}
	}
	ws.all = append(ws.all, w)
}

// All lists the warnings in the order they came.
func (ws *Warnings) All() []Warning { return ws.all }
