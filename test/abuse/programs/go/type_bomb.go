package main

type a0 struct{ x, y [2]int64 }
type a1 struct{ x, y, z, w a0 }
type a2 struct{ x, y, z, w a1 }
type a3 struct{ x, y, z, w a2 }
type a4 struct{ x, y, z, w a3 }
type a5 struct{ x, y, z, w a4 }
type a6 struct{ x, y, z, w a5 }
type a7 struct{ x, y, z, w a6 }
type a8 struct{ x, y, z, w a7 }
type a9 struct{ x, y, z, w a8 }

// Each instance asks for a larger one.
type Nest[T any] struct{ inner T }

func (n Nest[T]) Down(depth int) int {
	if depth == 0 {
		return 0
	}
	return Nest[Nest[T]]{}.Down(depth - 1)
}

func grow[T any](depth int) int {
	if depth == 0 {
		return 0
	}
	return grow[[2]T](depth-1) + grow[*T](depth-1)
}

func main() {
	println("ESCAPED", Nest[a9]{}.Down(1000000), grow[a9](1000000))
}
