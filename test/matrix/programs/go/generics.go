// Types that take types.
package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

type ordered interface {
	~int | ~int64 | ~float64 | ~string
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

func (p pair[K, V]) String() string { return fmt.Sprintf("%v=%v", p.key, p.value) }

func sorted[K ordered, V any](table map[K]V) []pair[K, V] {
	pairs := make([]pair[K, V], 0, len(table))
	for key, value := range table {
		pairs = append(pairs, pair[K, V]{key, value})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].key < pairs[j].key })
	return pairs
}

func reduce[T, A any](items []T, start A, step func(A, T) A) A {
	for _, item := range items {
		start = step(start, item)
	}
	return start
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(item T) { s.items = append(s.items, item) }

func (s *stack[T]) pop() (item T, err error) {
	if len(s.items) == 0 {
		return item, errors.New("empty")
	}
	item, s.items = s.items[len(s.items)-1], s.items[:len(s.items)-1]
	return item, nil
}

type celsius float64

func most[T ordered](first T, others ...T) T {
	for _, other := range others {
		if other > first {
			first = other
		}
	}
	return first
}

type shape interface {
	area() float64
	fmt.Stringer
}

type square struct{ side float64 }

func (s square) area() float64   { return s.side * s.side }
func (s square) String() string  { return fmt.Sprintf("square of %g", s.side) }

func main() {
	fmt.Println(sorted(map[string]int{"b": 2, "a": 1}), sorted(map[int]string{2: "x", -1: "y"}))
	words := strings.Fields("the quick brown fox")
	fmt.Println(reduce(words, 0, func(sum int, word string) int { return sum + len(word) }))
	var numbers stack[celsius]
	numbers.push(1.5)
	fmt.Println(numbers.pop())
	fmt.Println(numbers.pop())
	fmt.Println(most(3, 9, 4), most("a", "c", "b"), most[celsius](-3, -7))
	var one shape = square{3}
	switch it := one.(type) {
	case square:
		fmt.Println(it, it.area())
	}
	counter := func() func() int {
		n := 0
		return func() int { n++; return n }
	}()
	fmt.Println(counter(), counter())
	for i := 0; i < 3; i++ {
		defer func(n int) { fmt.Println("deferred", n) }(i)
	}
outer:
	for i := 0; ; i++ {
		for j := 0; j < 3; j++ {
			if i*j == 4 {
				fmt.Println("found", i, j)
				break outer
			}
		}
	}
}
