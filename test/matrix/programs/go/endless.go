// Never ends, and takes no notice of signals that ask it to.
package main

import (
	"fmt"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	fmt.Println("turning")
	for {
	}
}
