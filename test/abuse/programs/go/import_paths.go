package main

import (
	"fmt"

	_ "../../../../etc/passwd"
	_ "/proc/self/environ"
	_ "/usr/local/lib/tvm/go/std/fmt"
	_ "internal/cpu"
	_ "runtime/internal/sys"
)

func main() {
	fmt.Println("ESCAPED")
}
