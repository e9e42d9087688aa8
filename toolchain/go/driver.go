// Makes a static program of main.go as `go build` would: by the compiler and the linker alone, which is much less work.
// The linker loads the usual packages first (preload.go), so that it has done so where the compiler waits for its source.
// The arguments are settings for the Go runtime of both, such as GOGC=off.
package main

import (
	"os"
	"strings"
	"syscall"
)

const (
	home    = "/usr/local/lib/tvm/go/"
	source  = "./main.go"
	object  = "/tmp/main.a"
	program = "main"
)

func main() {
	environment := append(os.Environ(), os.Args[1:]...)
	ready, begin := pipe(), pipe()
	link := start([]int{begin[0], 2, 2, ready[1]}, environment, home+"link", "-o", program, "-importcfg", home+"link.cfg",
		"-buildmode=exe", "-s", "-w", object)
	syscall.Close(ready[1])
	// The end comes when the linker closes its side, or has died.
	syscall.Read(ready[0], make([]byte, 1))
	// What the compiler says on its standard output is for the user.
	compile := start([]int{0, 2, 2}, environment, home+"compile", "-o", object, "-p", "main", "-complete", "-c=1",
		"-nolocalimports", "-importcfg", home+"compile.cfg", "-pack", source)
	await("compile", compile)
	if name := packageName(); name != "main" {
		fail(source + ": package " + name + " is not a main package: a program needs \"package main\"")
	}
	syscall.Write(begin[1], []byte{1})
	await("link", link)
	// Nothing is left behind for the program to find.
	syscall.Unlink(object)
}

// pipe returns the end to read from and the end to write to.
func pipe() (ends [2]int) {
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		fail("pipe: " + err.Error())
	}
	return ends
}

// start returns the id of a new process, which has these files as 0, 1, 2 and so on.
func start(files []int, environment []string, command ...string) int {
	attributes := &syscall.ProcAttr{Env: environment}
	for _, file := range files {
		attributes.Files = append(attributes.Files, uintptr(file))
	}
	pid, err := syscall.ForkExec(command[0], command, attributes)
	if err != nil {
		fail(command[0] + ": " + err.Error())
	}
	return pid
}

// await returns when a process has ended well, and otherwise ends this one.
func await(name string, pid int) {
	var status syscall.WaitStatus
	for {
		if _, err := syscall.Wait4(pid, &status, 0, nil); err != syscall.EINTR {
			break
		}
	}
	if status.Signaled() {
		fail(name + ": " + status.Signal().String())
	}
	if status.ExitStatus() != 0 {
		os.Exit(1)
	}
}

// packageName returns the name in the package clause of the source, which the compiler has accepted.
func packageName() string {
	text, err := os.ReadFile(source)
	if err != nil {
		fail(err.Error())
	}
	rest := skip(strings.TrimPrefix(string(text), "\ufeff"))
	rest = skip(strings.TrimPrefix(rest, "package"))
	if end := strings.IndexAny(rest, " \t\r\n;/"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// skip returns the text from its first token on, without white space and comments before it.
func skip(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		end := ""
		switch {
		case strings.HasPrefix(text, "//"):
			end = "\n"
		case strings.HasPrefix(text, "/*"):
			end = "*/"
		default:
			return text
		}
		_, text, _ = strings.Cut(text, end)
	}
}

func fail(message string) {
	os.Stderr.WriteString(message + "\n")
	os.Exit(1)
}
