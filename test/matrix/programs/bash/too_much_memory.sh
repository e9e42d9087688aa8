# Never stops to ask for memory.
echo 'begin'
text=xxxxxxxxxxxxxxxx
while :; do text=$text$text; done
