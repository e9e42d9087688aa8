// A panic that is recovered, and one that is not.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

type stack struct{ items []int }

func (s *stack) pop() int {
	last := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return last
}

func safely(what func()) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("recovered: %v", problem)
		}
	}()
	what()
	return nil
}

func main() {
	var table map[string]int
	var nothing *stack
	var anything interface{} = "text"
	zero := 0
	for _, what := range []func(){
		func() { table["a"] = 1 },
		func() { nothing.pop() },
		func() { fmt.Println(anything.(int)) },
		func() { fmt.Println(1 / zero) },
		func() { panic(errors.New("own")) },
		func() { fmt.Println([]int{1, 2, 3}[zero+5]) },
		func() { fmt.Println("fine") },
	} {
		fmt.Println(safely(what))
	}
	_, file, line, ok := runtime.Caller(0)
	fmt.Println(strings.HasSuffix(file, "/main.go"), line, ok)
	(&stack{}).pop()
}
