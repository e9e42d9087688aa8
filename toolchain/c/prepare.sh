#!/bin/sh
# prepare.sh SOURCE COMPILER "FLAGS" "LIBRARIES" [HEADER ...]
#
# Makes, in an image, what `drive` needs to compile SOURCE: itself, its plan, and precompiled headers. Runs when the image is
# built. The compiler finds HEADER.gch beside HEADER by itself, uses it where HEADER is the first that a program includes, and
# only if that makes no difference.
set -eu
source=$1 compiler=$2 flags=$3 libraries=$4
shift 4
home=$(dirname "$0")

"$compiler" -x c -O2 -Wall -Wextra -o "$home/drive" "$home/drive.c"
"$compiler" -x c -O2 -Wall -Wextra -shared -fPIC -o "$home/hold.so" "$home/hold.c" -ldl

# Nothing optimises while it links.
case $compiler in g*) plugin=-fno-use-linker-plugin ;; *) plugin= ;; esac

# The object file has a fixed name: an image is the same each time it is built.
mkdir -p /workspace
cd /workspace
# A driver leaves out files that do not exist.
touch "$source" /tmp/main.o
{
  "$compiler" $flags -c "$source" -o /tmp/main.o '-###'
  "$compiler" -pthread $plugin -Wl,--build-id=none /tmp/main.o -o main $libraries '-###'
} 2>&1 | sed -n '/^ /p' >"$home/plan"
rm "$source"

# A precompiled header has a few bytes of garbage in it: those in which two of them differ, and their neighbours, become 0.
clear_garbage() {
  cmp -l "$1" "$2" >/tmp/differences || [ $? = 1 ]
  if [ "$(wc -l </tmp/differences)" -gt 4096 ]; then
    echo "$1 differs from one time to the next"
    exit 1
  fi
  while read -r place _; do
    dd if=/dev/zero of="$1" bs=4 count=1 seek=$(((place - 1) / 4)) conv=notrunc status=none
  done </tmp/differences
}

for header; do
  path=$(printf '#include <%s>\n' "$header" | "$compiler" -M -x c++ - | tr ' ' '\n' | grep "/$header\$" | head -n 1)
  # Under the same name: where things lie in it depends on that.
  "$compiler" $flags -w -x c++-header "$path" -o "$path.gch"
  mv "$path.gch" /tmp/other.gch
  "$compiler" $flags -w -x c++-header "$path" -o "$path.gch"
  clear_garbage "$path.gch" /tmp/other.gch
  # "!": it was used.
  printf '#include <%s>\n' "$header" >/tmp/user.cpp
  "$compiler" $flags -H -c /tmp/user.cpp -o /dev/null 2>&1 | grep -q "^! $path.gch"
done
