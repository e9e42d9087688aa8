#!/bin/sh
# prepare.sh LINKER
#
# Writes, in an image, the arguments with which rustc compiles main.rs, and makes the standard library quick to link. Runs
# when the image is built.
set -eu
home=$(dirname "$0")
# What rustup's images have in PATH chooses a toolchain first.
sysroot=$(rustc --print sysroot)
ln -s "$sysroot/bin/rustc" "$home/rustc"
library=$(ls -d "$sysroot"/lib/rustlib/*-linux-gnu/lib)

# Lines of the standard library in backtraces are worth less than the time that a linker needs for them.
for file in "$library"/*.rlib; do
  strip --strip-debug --enable-deterministic-archives "$file"
done

begin=$(ls /usr/lib/gcc/*/*/crtbeginS.o)
compiler=$(dirname "$begin")
system=$(dirname "$(ls /usr/lib/*-linux-gnu/Scrt1.o)")
shared=$(ls "$library"/libstd-*.so 2>/dev/null || true)
{
  printf '%s\n' --edition=2021 -Copt-level=2 -Ccodegen-units=1 -Cdebug-assertions=yes
  # A driver of another compiler between rustc and the linker takes longer than the linker: this is what it would add.
  printf '%s\n' -Clinker-flavor=ld "-Clinker=$1"
  for argument in -dynamic-linker /lib64/ld-linux-x86-64.so.2 --hash-style=gnu "-L$system" "-L$compiler" \
    "$system/Scrt1.o" "$system/crti.o" "$begin" "$compiler/crtendS.o" "$system/crtn.o"; do
    echo "-Clink-arg=$argument"
  done
  if [ -n "$shared" ]; then
    echo -Cprefer-dynamic
    [ -e "$system/$(basename "$shared")" ] || echo "-Clink-arg=-rpath=$library"
  fi
  # Whatever the source calls its crate.
  printf '%s\n' -o main main.rs
} >"$home/arguments"
