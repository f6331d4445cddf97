package diag

import "slices"

// maxErrors bounds the errors that Join keeps: the first ones say enough.
const maxErrors = 20

// Join makes one error of those that independent parts of a statement gave: the
// first by place, with the others in its Also. nils do not count, nor do errors
// that are there already. Only User errors are collected: any other comes back
// alone, as it says nothing of the statement.
func Join(errs ...error) error {
	var all []*Error
	for _, err := range errs {
		if err == nil {
			continue
		}
		e, ok := err.(*Error)
		if !ok || e.Class != User {
			return err
		}
		for _, one := range e.list() {
			if !slices.ContainsFunc(all, one.same) {
				all = append(all, one)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b *Error) int { return a.Pos.compare(b.Pos) })
	first := *all[0]
	first.Also = all[1:min(len(all), maxErrors)]
	return &first
}

// Each calls f for all items, until there are many errors, and joins these.
func Each[T any](items []T, f func(i int, item T) error) error {
	var errs []error
	for i, item := range items {
		if err := f(i, item); err != nil {
			if errs = append(errs, err); len(errs) == maxErrors {
				break
			}
		}
	}
	return Join(errs...)
}

// list is e and the errors beside it, each alone.
func (e *Error) list() []*Error {
	if len(e.Also) == 0 {
		return []*Error{e}
	}
	alone := *e
	alone.Also = nil
	return append([]*Error{&alone}, e.Also...)
}

func (e *Error) same(o *Error) bool { return e.Code == o.Code && e.Pos == o.Pos && e.Msg == o.Msg }

// compare orders places as a reader meets them; no place is last.
func (p Pos) compare(o Pos) int {
	switch {
	case p == o:
		return 0
	case !p.IsValid():
		return 1
	case !o.IsValid(), p.Line < o.Line, p.Line == o.Line && p.Col < o.Col:
		return -1
	}
	return 1
}
