// Some 200 KB of output, with and without a buffer.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	state := uint32(12345)
	for n := 0; n < 300; n++ {
		state = state*1103515245 + 12345
		fmt.Println(n, strings.Repeat("x", int(state>>16%250)))
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for n := 0; n < 15000; n++ {
		fmt.Fprintf(out, "%011d\n", n*n)
	}
}
