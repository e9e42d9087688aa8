# Readers and writers that wait for each other, and a shell that ignores what would end it.
trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE USR1 USR2 ALRM
mkfifo a b
(cat a >b) &
(cat b >a) &
coproc cat <a
exec 8<>a 9<>b
wait
