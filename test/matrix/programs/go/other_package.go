// A file of another package.
/* and a comment */ package tools

import "fmt"

func main() {
	fmt.Println("never")
}
