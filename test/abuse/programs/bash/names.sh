# Names that break whoever walks the work folder without care.
printf 'x' >$'line\nbreak'
printf 'x' >$'\e[31m\a'
printf 'x' >'-rf'
printf 'x' >$'\xff\xfe'
mkdir -p -- '--' '~' '$(reboot)' '`reboot`' '; reboot' 'con' 'nul.txt' "$(printf 'n%.0s' {1..255})"
ln -s . self
ln -s /proc/self/fd/1 out
ln -s /proc/self/root/../../../.. up
ln -s main.sh/main.sh broken
ln -sf /proc/1/exe main.sh
mkfifo pipe
cd self/self/self/self/self || exit
deep=$(printf 'd/%.0s' {1..100})
for _ in {1..4}; do mkdir -p "$deep" && cd "$deep" || break; done
cd /workspace || exit
ls -A | wc -l
find . -xdev -depth 2>/dev/null | wc -l
