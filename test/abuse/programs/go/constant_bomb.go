package main

const (
	a = 1<<512 - 1
	b = a * a * a * a
	c = 1e+1000000000
	d = 1 << (1 << 40)
	e = c * c * c
	f = "x" + "y"
)

var large [1 << 50]int

type deep [1 << 30][1 << 30][1 << 30]int

func main() {
	var x deep
	println("ESCAPED", b > 0, d, e, f, len(large), len(x))
}
