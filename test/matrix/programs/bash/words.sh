# Counts words on standard input.
declare -A counts
lines=0 total=0
while IFS= read -r line || [[ -n $line ]]; do
  lines=$((lines + 1))
  for word in ${line//[^[:alpha:]]/ }; do
    word=${word,,}
    counts[$word]=$((${counts[$word]:-0} + 1))
    total=$((total + 1))
  done
done
echo "$lines lines, $total words, ${#counts[@]} different"
for word in "${!counts[@]}"; do
  printf '%d %s\n' "${counts[$word]}" "$word"
done | sort -k1,1nr -k2 | head -n 5 | while read -r count word; do
  printf '%-8s%3d %s\n' "$word" "$count" "$(printf '#%.0s' $(seq "$count"))"
done
