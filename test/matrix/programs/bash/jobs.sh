# Pipes, background jobs, co-processes, named pipes, signals.
work() {
  sleep "0.0$2"
  echo "$1"
}
for n in 1 2 3; do work "job $n" "$n" >"out.$n" & done
wait
cat out.*
work late 3 & first=$!
sleep 60 & second=$!
wait "$first"
echo "first ended with $?"
kill "$second"
wait "$second" 2>/dev/null
echo "second ended with $?"
mkfifo pipe
(for n in 1 2 3; do echo "line $n"; done >pipe) &
while read -r line; do echo "got $line"; done <pipe
coproc UPPER { while read -r line; do echo "${line^^}"; done; }
echo 'through a co-process' >&"${UPPER[1]}"
read -r answer <&"${UPPER[0]}"
echo "$answer"
eval "exec ${UPPER[1]}>&-"
wait "$UPPER_PID" 2>/dev/null
trap 'echo "got USR1"' USR1
kill -USR1 $$
diff <(printf '%s\n' a b c) <(printf '%s\n' a x c)
echo 'b a c' | tee >(cat >copy) | tr ' ' '\n' | sort | paste -sd+
sleep 0.1
cat copy
printf '%s\n' {1..20} | xargs -n 5 -P 2 | sort -n
{ echo out; echo err >&2; } 2>&1 1>/dev/null | sed 's/^/caught /'
echo $((BASHPID == $$)) "$(echo $((BASHPID == $$)))"
flock lock echo 'with a lock'
