# The shell reads as it goes: what comes before the mistake runs.
echo 'first'
if true; then
  echo 'second'
fi
for n in 1 2 3; do
  echo "$n"
done done
echo 'never'
