# Some 200 KB of output, from the shell and from programs.
state=12345
for ((n = 0; n < 1000; n++)); do
  ((state = (state * 1103515245 + 12345) % 2147483648))
  printf -v text '%*s' $((state / 65536 % 100)) ''
  echo "$n ${text// /x}"
done
seq -f '%011.0f' 1 12000
head -c 3000 /dev/zero | tr '\0' 'z' | fold -w 99
