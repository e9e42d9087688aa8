# Many that sleep and wake, time and again.
for _ in {1..60}; do
  (while :; do read -r -t 0.001 <> <(:); done) 2>/dev/null &
done
wait
