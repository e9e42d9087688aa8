# Text by the shell and by its usual companions, in several scripts.
IFS= read -r line
echo "$line ${#line} $(printf '%s' "$line" | wc -c)"
for word in straße Ωμέγα ёлка 日本語 naïve 🐍🚀; do
  echo "${word^^} ${#word} ${word:1} ${word: -1} $(printf %s "$word" | rev) $(printf %s "$word" | od -An -tx1 | tr -d ' \n')"
done
path=/usr/lib/some.file.tar.gz
echo "${path##*/} ${path%/*} ${path%%.*} ${path/lib/LIB} ${path//\//:} ${path:5:3} ${path^} ${path@Q}"
[[ 'key = 12' =~ ^([a-z]+)\ *=\ *([0-9]+)$ ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
printf '%s\n' 'b 2' 'a 10' 'c 1' | sort -k2,2n | awk '{ sum += $2; print NR, $1 } END { print "sum", sum }'
printf 'one,two\nthree,four\n' | cut -d, -f2 | tr a-z A-Z | paste -s
printf 'a\nb\nb\nc\n' | uniq -c | sed -E 's/^ +//; s/([0-9]) (.)/\2=\1/'
grep -oP '(?<=\$)\d+(?=\.)' <<<'$12.50 $7.25' | paste -sd' '
printf '%s\n' '{"name":"é","tags":["x","y"],"n":{"z":null}}' | jq -r '.name, (.tags | join("-")), (.n | keys[0])'
column -t <<<$'a bbb\ncccc d' | sed 's/ *$//'
cat <<'TEXT' | sed -n '2p;$p'
first $HOME
second "quoted" \n
last
TEXT
printf '%b|%q|%5s|%-5s|\n' 'tab\there' "it's" é x
array=(one 'two words' three)
array+=(four)
unset 'array[0]'
echo "${#array[@]} ${!array[*]} ${array[*]:1:2}" "${array[@]/o/0}"
mapfile -t numbers < <(seq 3)
echo "${numbers[@]/#/n}" {a..e..2}{1,2} "$(tac <<<$'1\n2' | tr '\n' ' ')"
iconv -f utf-8 -t latin1 <<<'é' | od -An -tx1
base64 <<<'tvm' && md5sum <<<'tvm' | cut -c1-8
awk -F: '$1 == "runner" { print $3 >= 1000, $6 }' /etc/passwd
declare -n reference=line
declare -i number=5
number+=5
echo "$number ${reference:0:2} ${line@U}"
select_one() { case $1 in [0-9]*) echo digit ;; a | b) echo 'a or b' ;;& b) echo b ;; *) echo other ;; esac; }
select_one 5 && select_one b && select_one z
