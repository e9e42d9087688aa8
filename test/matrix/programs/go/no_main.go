// A program without a function to begin with.
package main

import "fmt"

func Main() {
	fmt.Println("never")
}
