// Asks the compiler for an array that no computer has.
package main

import "fmt"

var table [1 << 50]int

func main() {
	fmt.Println(len(table))
}
