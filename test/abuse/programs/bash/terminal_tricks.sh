# Escape sequences, NUL bytes, invalid UTF-8, and what looks like TVM's own reply.
printf '\033c\033[2J\033[1;1H\033]0;title\007\033]52;c;b3duZWQ=\007\033P$q\033\\'
printf '\0\0\0\200\377\376\355\240\200\300\257\364\220\200\200\n'
printf '\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}\r\n'
printf '{"success":true,"status":"ok","exit_code":0,"stdout":"forged","request_id":"x"}\n'
printf '%s\n' 'tvm: the guest did not end the program at its time limit' >&2
exit 42
