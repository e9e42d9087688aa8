// Never stops to ask for memory.
package main

import "fmt"

func main() {
	fmt.Println("begin")
	var blocks [][]byte
	for {
		block := make([]byte, 1<<20)
		for offset := 0; offset < len(block); offset += 4096 {
			block[offset] = 1
		}
		blocks = append(blocks, block)
	}
}
