# Ends with a code of its own, after its traps.
set -Eeuo pipefail
trap 'echo "exit $?"' EXIT
trap 'echo "error in line $LINENO: $BASH_COMMAND"' ERR

work() {
  local folder
  folder=$(mktemp -d)
  trap 'rmdir "$folder" && echo "clean"' RETURN
  echo "work in ${folder%/*}"
  false || echo 'allowed'
  if ! grep -q nothing /etc/passwd; then echo 'not found'; fi
}

work
echo 'to stderr' >&2
(exit 3) || echo "subshell $?"
cat /does/not/exist 2>/dev/null | sort || echo "pipe ${PIPESTATUS[*]}"
exit_with() { return "$1"; }
exit_with 42
echo 'never'
