package main

// Data that has to be in the program's file: 2 GiB.
var data = [1 << 28]int{0: 1, 1<<28 - 1: 1}

func main() {
	println("ESCAPED", len(data), data[0])
}
