sleep 100 &
sleep 100 &
echo "before"
kill -STOP -1
kill -KILL -1
wait
echo "the shell is still here"
kill -KILL 1 2>/dev/null || echo "PID 1 refused"
kill -KILL $PPID 2>/dev/null || echo "the parent refused"
kill -SEGV $$
