# Whole numbers of 64 bits, and others by bc, awk and jq.
echo $((2 ** 62)) $((9223372036854775807 + 1)) $((-7 / 2)) $((-7 % 3)) $((1 << 10 | 5)) $((~5)) $((0x1f + 010 + 2#101 + 36#zz))
((a = 5, b = a++ + ++a, c = a > b ? a : b))
echo "$a $b $c $((a ^ b)) $((!a)) $((a && 0))"
let 'd = 7 * 6' && echo "$d"
(echo $((1 / 0))) 2>&1 | grep -o 'division by 0'
echo "scale=40; sqrt(2); 2^200; 10/3" | BC_LINE_LENGTH=0 bc
echo "e(1)" | bc -l
awk 'BEGIN { printf "%.17g %d %s\n", 0.1 + 0.2, 2 ^ 53, (1 / 3); print int(-3.7), 7 % 3, atan2(0, -1) }'
jq -nc '[1, 2, 3] | {sum: add, mean: (add / length), big: 12345678901234567}' | tr -d ' '
factorial() { (($1 < 2)) && echo 1 || echo $(($1 * $(factorial $(($1 - 1))))); }
factorial 20
gcd() { local a=$1 b=$2; while ((b)); do ((t = a % b, a = b, b = t)); done; echo "$a"; }
gcd 1071 462
primes=()
for ((n = 2; ${#primes[@]} < 15; n++)); do
  for p in "${primes[@]}"; do ((n % p)) || continue 2; done
  primes+=("$n")
done
echo "${primes[*]}"
printf '%d %o %x %X %e %5.1f|%-6s|%06d\n' 255 255 255 255 12345.678 2.25 ab 42
RANDOM=42
first=$RANDOM
RANDOM=42
echo $((first == RANDOM)) $((SRANDOM != SRANDOM)) $((RANDOM < 32768))
factor 360 && seq -s, 5 5 25 && numfmt --to=iec 1048576 && expr 6 \* 7
