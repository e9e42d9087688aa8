# Uses a good part of the memory that it may have.
text=$(head -c 8000000 /dev/zero | tr '\0' 'x')
echo "${#text}"
copy=$text$text
echo "${#copy}"
unset copy
declare -a numbers
for ((n = 0; n < 20000; n++)); do numbers[n]=$((n * n)); done
echo "${#numbers[@]} ${numbers[19999]}"
awk 'BEGIN { for (n = 0; n < 50000; n++) a[n] = n; print length(a) }'
head -c 30000000 /dev/zero >file
wc -c <file
sort -rn <(seq 30000) | head -n 1
