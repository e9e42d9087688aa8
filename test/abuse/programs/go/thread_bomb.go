package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

func main() {
	os.Stdout.WriteString("begun\n")
	debug.SetMaxThreads(1 << 20)
	for {
		go func() {
			runtime.LockOSThread()
			time.Sleep(time.Hour)
		}()
		time.Sleep(time.Microsecond)
	}
}
