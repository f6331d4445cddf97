package udf

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Registry finds functions by name. It is a value: each engine has its own.
type Registry struct {
	byName map[string]*Function
}

// NewRegistry makes a registry of the functions. A later function of the same
// name replaces an earlier one.
func NewRegistry(fns ...*Function) *Registry {
	r := &Registry{byName: map[string]*Function{}}
	for _, f := range fns {
		r.Add(f)
	}
	return r
}

// Add registers f under its name and aliases.
func (r *Registry) Add(f *Function) {
	r.byName[f.Name] = f
	for _, a := range f.Aliases {
		r.byName[a] = f
	}
}

// Lookup finds a function by name in any case, or nil.
func (r *Registry) Lookup(name string) *Function { return r.byName[strings.ToLower(name)] }

// InHive is the name of the function that stands in for another in the Hive
// dialect. Plans hold this name, so tasks need not know the dialect.
func InHive(name string) string { return name + hiveSuffix }

const hiveSuffix = "@hive"

// LookupIn finds the function that a name means in a dialect, or nil.
func (r *Registry) LookupIn(name string, d types.Dialect) *Function {
	if d.Hive {
		if f := r.Lookup(InHive(name)); f != nil {
			return f
		}
	}
	return r.Lookup(name)
}

// Names lists all names and aliases in order, without those of dialects.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.byName))
	for n := range r.byName {
		if !strings.HasSuffix(n, hiveSuffix) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// Bind resolves a call's types.
func (f *Function) Bind(args []Arg) (Signature, error) {
	if f.Resolve != nil {
		return f.Resolve(args)
	}
	if len(args) < len(f.Args)-f.Optional || len(args) > len(f.Args) && !f.Variadic {
		return Signature{}, f.mismatch(args)
	}
	sig := Signature{Args: make([]types.Type, len(args)), Returns: f.Returns}
	for i, a := range args {
		want := f.Args[min(i, len(f.Args)-1)]
		if !types.CanCoerce(a.Type, want) {
			return Signature{}, f.mismatch(args)
		}
		sig.Args[i] = want
	}
	return sig, nil
}

func (f *Function) mismatch(args []Arg) error {
	got := make([]string, len(args))
	for i, a := range args {
		got[i] = a.Type.String()
	}
	return diag.Errorf(diag.CodeArgument, diag.Pos{}, "%s does not take (%s)", f.Name, strings.Join(got, ", ")).
		WithHint("it is %s", f.Usage())
}

// Usage is the signature as documentation shows it: where Resolve decides, what
// it answers to arguments that no function takes.
func (f *Function) Usage() string {
	if f.Doc.Usage != "" {
		return f.Doc.Usage
	}
	if f.Table != nil || f.Resolve != nil && f.Args == nil {
		if f.Resolve != nil {
			args := make([]Arg, 9)
			for i := range args {
				args[i].Type = types.BooleanType
			}
			_, err := f.Resolve(args)
			if usage, ok := strings.CutPrefix(hint(err), "it is "); ok {
				return usage
			}
		}
		return f.Name + "(…)"
	}
	parts := make([]string, len(f.Args))
	for i, t := range f.Args {
		parts[i] = t.String()
		if i >= len(f.Args)-f.Optional {
			parts[i] = "[" + parts[i] + "]"
		}
	}
	s := f.Name + "(" + strings.Join(parts, ", ")
	if f.Variadic {
		s += ", …"
	}
	s += ")"
	if f.Resolve == nil {
		s += " -> " + f.Returns.String()
	}
	return s
}

func hint(err error) string {
	if err == nil {
		return ""
	}
	return diag.Of(err).Hint
}
