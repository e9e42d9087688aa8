package main

// #cgo CFLAGS: -fplugin=/workspace/evil.so -I/proc/self/root
// #cgo LDFLAGS: -Wl,-rpath,/tmp /etc/passwd
// #include "/etc/shadow"
// static int run(void) { return 42; }
import "C"

import "fmt"

//go:generate sh -c "touch /workspace/generated"
//go:cgo_ldflag "-fplugin=/workspace/evil.so"
//go:cgo_import_dynamic getpid getpid "/workspace/evil.so"
//go:cgo_dynamic_linker "/workspace/evil.so"
//go:cgo_import_static _cgo_panic
func main() {
	fmt.Println("ESCAPED", C.run())
}
