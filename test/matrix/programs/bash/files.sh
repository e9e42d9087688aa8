# Files in the work folder and the temporary one, and what is not to be written.
pwd
ls
echo "$HOME $USER $(id -un) $((UID > 0 || 1)) $TMPDIR"
mkdir -p data/deep
for n in 0 1 2; do yes "línea $n" | head -n $((n + 1)) >"data/deep/file $n.txt"; done
ln -s 'file 1.txt' data/deep/soft
chmod 640 'data/deep/file 0.txt'
find data -printf '%p %y %m\n' | sort
wc -c data/deep/*.txt
cp -a data copy
mv copy/deep/soft copy/link
du -ab copy >/dev/null && echo 'measured'
tar -czf all.tgz copy
rm -r copy
tar -tzf all.tgz | sort
sed -i 's/línea/line/; 2d' 'data/deep/file 2.txt'
cat 'data/deep/file 2.txt'
stat -c '%n %s %A' 'data/deep/file 2.txt'
shopt -s globstar nullglob
echo **/*.txt
[[ -L data/deep/soft && ! -e missing && data/deep -nt /etc/passwd ]] && echo 'tests'
for file in /etc/new /usr/new; do
  (echo x >"$file") 2>/dev/null || echo "$file is not to be written"
done
temporary=$(mktemp)
echo "${temporary%/*}"
exec 3<>"$temporary"
echo 'kept open' >&3
rm "$temporary"
cat /proc/self/fd/3 2>/dev/null || echo gone
sha256sum 'data/deep/file 1.txt' | cut -c1-16
xxd 'data/deep/file 0.txt' | head -n 1
gzip -c all.tgz | gunzip | cmp - all.tgz && echo 'same'
