// Package syntax turns the text of statements into trees and trees into text.
// It knows nothing of tables, functions or types of columns: that is the binder.
//
// Start at Parse. The tree is in node.go (what all nodes share), expr.go and
// query.go; each statement is in a stmt_*.go with its node, its parser and its
// printer. lexer.go makes tokens, parser.go reads them, stmt.go is the table of
// statements, parse_*.go hold the grammar, print*.go the printer, walk.go the
// traversal. sql/DESIGN.md says why it is so.
package syntax
