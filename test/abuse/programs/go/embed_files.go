package main

import (
	_ "embed"
	"fmt"
)

//go:embed /etc/passwd
var first string

//go:embed ../etc/shadow
var second string

//go:embed main.go
var third string

func main() {
	fmt.Println("ESCAPED", first, second, third)
}
