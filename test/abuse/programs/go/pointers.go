package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"unsafe"
)

func poke(at uintptr) (outcome any) {
	defer func() {
		if fault := recover(); fault != nil {
			outcome = fault
		}
	}()
	*(*byte)(unsafe.Pointer(at)) = 1
	return "ESCAPED"
}

func call(number, a, b, c uintptr) {
	if r, _, e := syscall.RawSyscall(number, a, b, c); e == 0 {
		fmt.Println("ESCAPED", number, r)
	}
}

func main() {
	debug.SetPanicOnFault(true)
	for _, at := range []uintptr{0, 4096, 0x400000, 1 << 46, 1 << 47, 0xffffffff81000000, ^uintptr(0)} {
		if poke(at) == "ESCAPED" {
			fmt.Println("ESCAPED", at)
		}
	}
	call(165, 0, 0, 0)                                // mount
	call(169, 0xfee1dead, 672274793, 0x01234567)      // reboot
	call(175, 0, 0, 0)                                // init_module
	call(272, 0x10000000, 0, 0)                       // unshare
	call(41, 40, 1, 0)                                // socket: vsock
	call(425, 8, uintptr(unsafe.Pointer(&os.Args)), 0) // io_uring_setup
	call(101, 16, 1, 0)                               // ptrace
	call(62, 1, 9, 0)                                 // kill
	call(105, 0, 0, 0)                                // setuid
	fmt.Println("still here")
	var function func()
	*(*uintptr)(unsafe.Pointer(&function)) = 0xffffffff81000000
	debug.SetPanicOnFault(false)
	function()
}
