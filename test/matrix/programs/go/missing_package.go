// Imports what is not there.
package main

import (
	"fmt"

	"example.org/tools/nothing"
)

func main() {
	fmt.Println(nothing.Value)
}
