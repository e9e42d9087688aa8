"""Text in several scripts: reading, measuring, folding, sorting, encoding."""
import sys
import unicodedata

line = sys.stdin.readline().rstrip("\n")
print(line, len(line), len(line.encode("utf-8")))

words = ["straße", "STRASSE", "Ωμέγα", "ёлка", "日本語", "naïve", "🐍🚀"]
for word in words:
    print(word.upper(), word.casefold(), len(word), word.encode("utf-8").hex())

composed = unicodedata.normalize("NFC", "e\u0301")
decomposed = unicodedata.normalize("NFD", composed)
print(composed == "é", len(composed), len(decomposed), unicodedata.name(composed))
print("ß".casefold() == "SS".casefold(), sorted(words))
print("日本".encode("shift_jis"), "€".encode("cp1252"), b"\xff\xfe".decode("utf-8", "replace"))
print("\u202e".isprintable(), ascii("ünï"), "{:>8}|{:^8}|".format("ж", "中"))
try:
    "日本".encode("ascii")
except UnicodeEncodeError as error:
    print(error.reason, error.start, error.end)
print(sys.stdout.encoding.lower(), sys.getfilesystemencoding())
