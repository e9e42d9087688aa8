// Goroutines and what they meet at: channels, select, mutexes, atomics, contexts, a panic in one of them.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

func sieve(count int) []int {
	source := make(chan int)
	go func(out chan<- int) {
		for n := 2; ; n++ {
			out <- n
		}
	}(source)
	var primes []int
	for len(primes) < count {
		prime := <-source
		primes = append(primes, prime)
		next := make(chan int)
		go func(in <-chan int, out chan<- int, prime int) {
			for n := range in {
				if n%prime != 0 {
					out <- n
				}
			}
		}(source, next, prime)
		source = next
	}
	return primes
}

func main() {
	fmt.Println(sieve(25))

	var total int64
	var mutex sync.Mutex
	seen := map[int]bool{}
	var group sync.WaitGroup
	for n := 0; n < 1000; n++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			atomic.AddInt64(&total, int64(n))
			mutex.Lock()
			seen[n%10] = true
			mutex.Unlock()
		}(n)
	}
	group.Wait()
	fmt.Println(total, len(seen))

	jobs, results := make(chan int, 5), make(chan int, 100)
	for w := 0; w < 4; w++ {
		go func() {
			for job := range jobs {
				results <- job * job
			}
		}()
	}
	for n := 0; n < 100; n++ {
		jobs <- n
	}
	close(jobs)
	var squares []int
	for n := 0; n < 100; n++ {
		squares = append(squares, <-results)
	}
	sort.Ints(squares)
	fmt.Println(squares[:5], squares[99])

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))
	case <-time.After(10 * time.Second):
		fmt.Println("too late")
	}
	ticker := time.NewTicker(5 * time.Millisecond)
	for n := 0; n < 3; n++ {
		<-ticker.C
	}
	ticker.Stop()

	var once sync.Once
	failed := make(chan interface{})
	for n := 0; n < 3; n++ {
		go func() {
			defer func() {
				problem := recover()
				once.Do(func() { failed <- problem })
			}()
			panic("in a goroutine")
		}()
	}
	fmt.Println(<-failed, runtime.GOMAXPROCS(0) >= 1, runtime.NumGoroutine() > 20)

	// A goroutine that never yields does not stop the others.
	go func() {
		for {
		}
	}()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("done")
}
