#!/bin/sh
# Makes /usr/local/lib/tvm/go of the Go whose GOROOT is the argument, and changes that: compiler, linker, driver and the
# standard library, built without cgo and without debugging information, with what both want to know about it.
set -eu
export GOROOT="$1"
home=/usr/local/lib/tvm/go
work=$(mktemp -d)
export HOME="$work" GOCACHE="$work/cache" GOPATH="$work/path" GOTMPDIR="$work"
export CGO_ENABLED=0 GOFLAGS= GOTOOLCHAIN=local GOTELEMETRY=off GOWORK=off
go="$GOROOT/bin/go"

cd "$work"
"$go" list -export -gcflags=all=-dwarf=false -f '{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}' std >packages
while read -r package archive; do
  file="$home/std/$package.a"
  mkdir -p "${file%/*}"
  cp "$archive" "$file"
  echo "packagefile $package=$file" >>"$home/link.cfg"
  # What a program may not import.
  case "/$package/" in
    */internal/* | /vendor/*) ;;
    *) echo "packagefile $package=$file" >>"$home/compile.cfg" ;;
  esac
done <packages

# What debug.ReadBuildInfo reads.
printf 'package main\n\nfunc main() {}\n' >main.go
"$go" build -x -o main main.go 2>commands
grep '^modinfo ' commands >>"$home/link.cfg"

# The linker loads the usual packages ahead of the program.
linker="$GOROOT/src/cmd/link/internal/ld"
cp "$home/preload.go" "$linker/"
grep -q '^	i := 0$' "$linker/lib.go"
sed -i 's/^	i := 0$/	i := preload(ctxt)/' "$linker/lib.go"
"$go" build -gcflags=all=-dwarf=false -ldflags='-s -w' -o "$home/link" cmd/link

"$go" build -gcflags=all=-dwarf=false -ldflags='-s -w' -o "$home/build" "$home/driver.go"
cp "$GOROOT/pkg/tool/linux_amd64/compile" "$home/"
cd /
rm -rf "$work"
