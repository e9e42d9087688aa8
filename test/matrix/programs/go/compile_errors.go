// Does not compile, for several reasons.
package main

import (
	"fmt"
	"os"
	"strings"
)

func add(a, b int) int {
	unused := a
	return a + "b"
}

func main() {
	fmt.Println(add(1), undefinedName)
	var text string = 5
	return 1
}
