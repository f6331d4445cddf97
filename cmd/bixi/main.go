// Command bixi is the whole engine in one program: a console, a server, workers
// and the tools around tables.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], realDoors()))
}
