// Ends with a code of its own; what is deferred does not run then.
package main

import (
	"fmt"
	"io"
	"os"
)

func run() (code int, err error) {
	defer fmt.Println("deferred in run")
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 1, err
	}
	fmt.Println("read", len(data))
	return 42, fmt.Errorf("it failed: %w", os.ErrNotExist)
}

func main() {
	defer fmt.Println("never")
	code, err := run()
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(code)
}
