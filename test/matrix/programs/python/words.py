"""Counts words on standard input, which has several line ends and no newline at its end."""
import re
import sys
from collections import Counter

text = sys.stdin.read()
lines = text.splitlines()
counts = Counter(re.findall(r"[a-zà-ÿ']+", text.lower()))
print(f"{len(lines)} lines, {sum(counts.values())} words, {len(counts)} different")
for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]:
    print(f"{word:<6}{count:>3} {'#' * count}")
print(repr(sys.stdin.read()), repr(lines[-1]))
