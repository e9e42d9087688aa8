// Uses most of the memory that it may have, and makes garbage all the while.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type node struct {
	left, right *node
	value       int
}

func tree(depth int) *node {
	if depth == 0 {
		return &node{value: 1}
	}
	return &node{tree(depth - 1), tree(depth - 1), depth}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.left.sum() + n.right.sum()
}

func main() {
	blocks := make([][]byte, 14)
	for n := range blocks {
		blocks[n] = make([]byte, 5<<20)
		for offset := 0; offset < len(blocks[n]); offset += 4096 {
			blocks[n][offset] = byte(n)
		}
	}
	total := 0
	for _, block := range blocks {
		total += len(block)
	}
	fmt.Println(total>>20, blocks[13][4096])
	blocks = nil
	debug.FreeOSMemory()
	kept := tree(15)
	for n := 0; n < 10; n++ {
		tree(12)
	}
	fmt.Println(kept.sum())
	squares := map[int]int{}
	for n := 0; n < 200_000; n++ {
		squares[n] = n * n
	}
	var statistics runtime.MemStats
	runtime.ReadMemStats(&statistics)
	fmt.Println(len(squares), squares[199_999], statistics.NumGC > 0)
}
