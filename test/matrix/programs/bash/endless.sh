# Never ends, and takes no notice of signals that ask it to.
trap '' TERM INT HUP
echo 'turning'
while :; do :; done
