# No line ever ends.
while :; do printf '%65536s' x; done
