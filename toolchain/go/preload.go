package ld

import "os"

// preloaded are the packages that most programs import.
var preloaded = []string{"runtime", "fmt", "os", "strings", "strconv", "sort", "bufio", "errors", "math", "sync", "time"}

// preload loads those packages before the object of the program is there, tells the driver by closing file 3, and loads the
// object when there is a byte on standard input; its end means that there will be no object. A package that nothing imports
// leaves no trace in the program. Returns how many of the libraries are loaded.
func preload(ctxt *Link) int {
	for _, name := range preloaded {
		loadinternal(ctxt, name)
	}
	count := 1
	for ; count < len(ctxt.Library); count++ {
		loadobjfile(ctxt, ctxt.Library[count])
	}
	os.NewFile(3, "ready").Close()
	if n, _ := os.Stdin.Read(make([]byte, 1)); n == 0 {
		os.Exit(1)
	}
	loadobjfile(ctxt, ctxt.Library[0])
	return count
}
