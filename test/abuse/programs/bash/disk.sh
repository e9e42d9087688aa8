# More than there is, in every folder that can be written, then by the holes of a file.
for folder in /workspace /tmp /dev/shm; do
  head -c 300M /dev/zero >"$folder/big" 2>/dev/null && echo "ESCAPED" || echo "$folder refused"
done
rm -f /workspace/big /tmp/big /dev/shm/big
truncate -s 1P /tmp/holes 2>/dev/null && echo "ESCAPED" || echo "a file of 1 PiB refused"
fallocate -l 4G /tmp/reserved 2>/dev/null && echo "ESCAPED" || echo "a reservation of 4 GiB refused"
for folder in / /usr /etc /run /var/tmp /proc /sys /dev; do
  touch "$folder/x" 2>/dev/null && echo "$folder ESCAPED"
done
echo "nothing else can be written"
