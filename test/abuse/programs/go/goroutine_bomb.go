package main

import "os"

func more(c chan int) {
	var room [1024]byte
	for {
		go more(c)
		<-c
		_ = room
	}
}

func main() {
	os.Stdout.WriteString("begun\n")
	c := make(chan int)
	for {
		go more(c)
	}
}
