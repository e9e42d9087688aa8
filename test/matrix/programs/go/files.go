// Files in the work folder and the temporary one, and what is not to be written.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	work, err := os.Getwd()
	check(err)
	home, _ := os.UserHomeDir()
	who, err := user.Current()
	check(err)
	fmt.Println(work, home, who.Username, who.Uid != "0", os.TempDir())
	check(os.MkdirAll("data/deep", 0o755))
	for n := 0; n < 3; n++ {
		name := filepath.Join("data", "deep", fmt.Sprintf("file %d.txt", n))
		check(os.WriteFile(name, []byte(strings.Repeat(fmt.Sprintf("línea %d\n", n), n+1)), 0o640))
	}
	check(os.Symlink("file 1.txt", "data/deep/soft"))
	check(filepath.WalkDir("data", func(path string, entry fs.DirEntry, err error) error {
		check(err)
		info, err := entry.Info()
		check(err)
		size := info.Size()
		if !info.Mode().IsRegular() {
			size = 0
		}
		fmt.Println(path, size, info.Mode())
		return nil
	}))
	file, err := os.OpenFile("data/deep/file 2.txt", os.O_RDWR|os.O_APPEND, 0)
	check(err)
	fmt.Fprintln(file, "the end")
	_, err = file.Seek(0, 0)
	check(err)
	scanner, last := bufio.NewScanner(file), ""
	for scanner.Scan() {
		last = scanner.Text()
	}
	fmt.Println(last, file.Close())
	check(os.Rename("data/deep", "moved"))
	check(os.RemoveAll("data"))
	matches, _ := filepath.Glob("moved/*.txt")
	fmt.Println(matches)
	folder, err := os.MkdirTemp("", "x")
	check(err)
	fmt.Println(filepath.Dir(folder), os.Remove(folder))
	for _, path := range []string{"/etc/new", "/usr/new", "/missing/new"} {
		_, err := os.Create(path)
		var problem *fs.PathError
		fmt.Println(errors.As(err, &problem), errors.Is(err, fs.ErrNotExist))
	}
	entries, _ := os.ReadDir("/tmp")
	fmt.Println(len(entries))
}
