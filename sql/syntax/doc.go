// Package syntax turns the text of statements into trees and trees into text.
// It knows nothing of tables, functions or types of columns: that is the binder.
//
// Start at Parse. The tree is in node.go (what all nodes share), expr.go,
// query.go, and stmt_*.go, where each statement has its node, its parser and
// its printer together. lexer.go makes tokens, parser.go dispatches statements,
// parse_*.go hold the grammar, print.go the printer, walk.go the traversal.
package syntax
