// All goroutines wait for ever: the Go runtime notices.
package main

import "fmt"

func main() {
	fmt.Println("before")
	channel := make(chan int)
	channel <- 1
	fmt.Println("after")
}
