# Mistakes that do not stop a shell, and one that does.
nosuchcommand
echo "code $?"
cd /does/not/exist
echo "code $?"
/etc/passwd
echo "code $?"
(echo $((08))) 2>&1 | grep -o 'value too great'
unset -f missing
readonly fixed=1
(fixed=2) 2>&1 | grep -o 'readonly variable'
kill -TERM $BASHPID & wait $!
echo "code $?"
timeout 0.1 sleep 5
echo "code $?"
echo "${undefined:?is not set}"
echo 'never'
