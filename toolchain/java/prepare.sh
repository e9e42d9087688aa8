# Runs when an image is built: compiles the resident compiler, and replaces the JDK's class data archive by one that
# holds, beside what the JDK's own has, the classes of javac and those that ordinary programs use. Both stages map it.
set -eu
here=/usr/local/lib/tvm/java
home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
work=/tmp/java
flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'

mkdir "$work"
cd "$work"
javac -proc:none -d "$here" "$here/ResidentCompiler.java"
cp "$here/samples/2.java" Main.java
sed -i 's/\bBasics\b/Main/g' Main.java
TVM_WAITING=1 java $flags -XX:DumpLoadedClassList=compile.list -cp "$here" ResidentCompiler
echo '3 a b' | java $flags -XX:DumpLoadedClassList=run.list -cp . Main > run.log
# Numbers of classes hold within one list; classes of ours and constants of theirs are not for this archive.
cat "$home/lib/classlist" compile.list run.list \
  | sed -e '/^#/d' -e '/^@cp/d' -e '/ source: /d' -e '/\bMain\b/d' -e '/ResidentCompiler/d' -e 's/ id: [0-9]*$//' \
  | awk '!seen[$0]++' > all.list
# An archive that names a class path would only be used with that one.
mkdir empty
(
  cd empty
  java -Xshare:dump -XX:+UseG1GC -XX:SharedClassListFile=../all.list -XX:SharedArchiveFile=../classes.jsa
) > dump.log 2>&1 || {
  tail -n 50 dump.log
  exit 1
}
mv classes.jsa "$home/lib/server/classes.jsa"
