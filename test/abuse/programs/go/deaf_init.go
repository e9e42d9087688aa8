package main

import (
	"os"
	"os/signal"
)

func init() {
	c := make(chan os.Signal, 1)
	signal.Notify(c)
	os.Stdout.WriteString("begun\n")
	for {
		select {
		case <-c:
		default:
		}
	}
}

func main() {
	println("ESCAPED")
}
