// Package udf says what a function is. Built-in functions (udf/builtin) enter
// by the same door as users' own: a Function value put into a Registry.
//
// A scalar function is evaluated over whole columns. Its Eval receives columns
// that are Flat or Const, all of n rows and of exactly the types the binder
// resolved; the expression evaluator has already peeled dictionaries, gathered
// selected rows and inserted casts. The generic loops of udf/kernel take care of
// NULLs, constants and allocation, so a function's body rarely sees a column.
package udf

import (
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Doc is the required documentation of a function. Example is an expression and
// Result its value as `bixi sql --format csv` prints it, the rows of a table
// function divided by "; "; a test runs them.
type Doc struct {
	// Usage is the signature where types do not tell it.
	Usage   string
	Summary string
	Example string
	Result  string
}

// Function is a function of the language. Exactly one of Eval, New, Aggregate,
// Window and Table is set.
type Function struct {
	Name    string // lower case
	Aliases []string
	Family  string // math, string, date, aggregate, …: the chapter of docs/functions.md
	Doc     Doc

	// Args are the parameter types, to which arguments are coerced implicitly;
	// the last Optional of them may be left out, and if Variadic the last one
	// may be repeated. Returns is the result type.
	Args     []types.Type
	Optional int
	Variadic bool
	Returns  types.Type
	// Resolve replaces Args and Returns where the types depend on the arguments.
	// It gives a *diag.Error without position (the binder adds it) when the
	// arguments do not fit.
	Resolve func(args []Arg) (Signature, error)
	// Lambda, of functions of higher order, gives the types of the parameters of
	// the lambda that argument i is, or nil if it cannot be one. It is asked again
	// when the types of lambdas, NULL at first, have become known. Resolve then
	// gives the type a lambda's body is converted to as the argument's.
	Lambda func(args []Arg, i int) ([]types.Type, error)

	// Eval computes a scalar function. New makes the Eval of one call site, for
	// functions that prepare something from constant arguments.
	Eval Eval
	New  func(call *Call) (Eval, error)
	// Planned computes a function of the catalog while the statement is planned.
	Planned Planned
	// Volatile functions are not folded, shared or moved (rand, uuid).
	Volatile bool

	Aggregate *Aggregate
	Window    *Window
	// Table makes it a table function, whose types Table.Resolve gives.
	Table *Table
}

// Eval computes n rows. It must not write to its arguments nor keep them.
type Eval func(call *Call, args []*batch.Column, n int) (*batch.Column, error)

// Arg is an argument as the binder sees it.
type Arg struct {
	Type types.Type
	// Const is set if the argument is a constant, whose value is Value.
	Const bool
	Value types.Datum
	// Lambda is the number of parameters if the argument is a lambda, else 0; Type
	// is then that of its body.
	Lambda int
}

// Signature is the outcome of overload resolution.
type Signature struct {
	Args    []types.Type // one an argument; the binder inserts casts
	Returns types.Type
}

// Call is one call site at run time.
type Call struct {
	Signature
	// Consts holds the values of constant arguments; IsConst says which are.
	Consts  []types.Datum
	IsConst []bool
	// Lambdas holds the arguments that are lambdas in their places, where the
	// columns that Eval receives are nil; it is nil if there are none.
	Lambdas []Lambda
	// Order, of an aggregate, says how its last len(Order) arguments order the
	// values; Distinct, which comes with it alone, that of equal values the first
	// counts.
	Order    []Direction
	Distinct bool
	Session  *Session
	// Task and Row make volatile functions reproducible: the task's index and
	// the number of rows the call site has produced so far in it.
	Seed uint64
	Row  int64
	// Buffers holds the memory of results, which the evaluator uses again for its
	// next batch; nil allocates. Functions written with udf/kernel use it without
	// knowing; using it is never required.
	Buffers *batch.Buffers
}

// Direction is how a key orders.
type Direction struct{ Desc, NullsFirst bool }

// Lambda is an argument that is a function: it computes its body for as many
// elements as params, of the parameter types, have rows. Element i belongs to row
// rows[i] of the call, whose values the body sees of columns outside the lambda.
// The result is in any encoding.
type Lambda func(params []*batch.Column, rows []int32) (*batch.Column, error)

// Session is what an expression may know of its surroundings. It travels with
// the plan, so every task of a job sees the same values.
type Session struct {
	Zone *time.Location // odps.sql.timezone
	Now  time.Time      // the statement's start: GETDATE() is constant in a job
	// Strict makes invalid casts errors (odps.function.strictmode); otherwise
	// they give NULL.
	Strict bool
	// Dialect holds the settings that change what expressions mean.
	Dialect types.Dialect
}

// Aggregate is the aggregate side of a function: how groups accumulate, and the
// columns in which partial states travel between tasks.
type Aggregate struct {
	// State gives the types of the partial-state columns of a call.
	State func(sig Signature) []types.Type
	// New makes the accumulators of all groups of one operator.
	New func(call *Call) Accumulator
	// EmptyIsZero marks COUNT-like functions, whose value over no rows is 0, not NULL.
	EmptyIsZero bool
	// IgnoresDuplicates marks MIN-like functions, for which DISTINCT changes nothing.
	IgnoresDuplicates bool
	// Ordering says what WITHIN GROUP (ORDER BY …) means.
	Ordering Ordering
}

// Ordering says what WITHIN GROUP (ORDER BY …) means to an aggregate.
type Ordering uint8

// The orderings. ByRows puts the rows' values in the order of the keys. ByValue
// does too, but the first argument may be left out, and is then the only key.
const (
	Unordered Ordering = iota
	ByRows
	ByValue
)

// Reused is implemented by accumulators that can begin again in the memory they have.
type Reused interface {
	// Empty forgets all groups.
	Empty()
}

// Viewed is an Accumulator whose states hold all that some other aggregates of the
// same argument need.
type Viewed interface {
	Accumulator
	// View gives an accumulator in the place of a, whose aggregate sees the same
	// rows: it reads the states of this one, and takes no rows or states itself. Nil
	// if a needs more than they hold.
	View(a Accumulator) Accumulator
}

// Accumulator holds the states of groups 0..n-1 of one aggregate call. A result
// never depends on the order of rows, batches or merges, floating point included.
type Accumulator interface {
	// Resize makes room for groups 0..n-1; new groups are empty.
	Resize(groups int)
	// Update adds row i of args to group groups[i]. Args are Flat, Const or Dict.
	Update(groups []int32, args []*batch.Column) error
	// Merge adds the partial states in row i to group groups[i].
	Merge(groups []int32, state []*batch.Column) error
	// State writes groups [from, to) as partial-state columns.
	State(from, to int) ([]*batch.Column, error)
	// Final writes the results of groups [from, to).
	Final(from, to int) (*batch.Column, error)
	// Size is the bytes held.
	Size() int64
}
