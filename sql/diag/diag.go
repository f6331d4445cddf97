// Package diag is the one error type that users meet. An Error says whose turn
// it is (Class), which documented condition it is (Code), where in the statement
// it happened (Pos) and what to do about it (Hint). Rooms below the statement
// wrap an Error with %w; the edges render it.
package diag

import (
	"errors"
	"fmt"
)

// Class says who acts on an error. The scheduler decides by Class alone.
type Class uint8

const (
	// Internal is a bug in bixi. It is the zero value, so that an error nobody
	// classified is visible as one.
	Internal Class = iota
	// User errors lie in the statement or its data and are never retried.
	User
	// Resource errors ran into a limit; a retry with a larger grant may help.
	Resource
	// Transient errors may vanish when the work is retried elsewhere.
	Transient
)

var classNames = [...]string{"internal", "user", "resource", "transient"}

func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Pos is a place in the statement's text. Line and Col start at 1 and Col
// counts code points; the zero Pos means "no place".
type Pos struct {
	Line, Col int
}

// IsValid reports whether p names a place.
func (p Pos) IsValid() bool { return p.Line > 0 }

func (p Pos) String() string { return fmt.Sprintf("%d,%d", p.Line, p.Col) }

// Error is an error a user can act on.
type Error struct {
	Class Class
	Code  Code
	Pos   Pos
	Msg   string // lower case, no full stop
	Hint  string // what to do about it; may be empty
	Err   error  // the cause, if any
	// Also are further errors of the same statement, each alone, in order of place.
	Also []*Error
}

// Error renders "ODPS-0130071:[1,15] Semantic analysis exception - msg".
func (e *Error) Error() string {
	s := "ODPS-" + string(e.Code)
	if e.Pos.IsValid() {
		s += ":[" + e.Pos.String() + "]"
	} else {
		s += ":"
	}
	if t := e.Code.Title(); t != "" {
		s += " " + t + " -"
	}
	s += " " + e.Msg
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose class is the code's own.
func Errorf(code Code, pos Pos, format string, args ...any) *Error {
	return &Error{Class: code.Class(), Code: code, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

// WithHint sets the hint and gives e back.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithCause sets the cause and gives e back.
func (e *Error) WithCause(err error) *Error {
	e.Err = err
	return e
}

// Of finds the Error in err's chain. An error without one comes back as
// Internal; nil comes back as nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Class: Internal, Code: CodeInternal, Msg: err.Error(), Err: nil}
}

// ClassOf is Of(err).Class.
func ClassOf(err error) Class { return Of(err).Class }
