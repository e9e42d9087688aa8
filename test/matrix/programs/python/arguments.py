"""Parses its arguments, then shows them as they came."""
import argparse
import sys

parser = argparse.ArgumentParser(prog="tool")
parser.add_argument("names", nargs="*")
parser.add_argument("--count", type=int, default=1)
parser.add_argument("-v", "--verbose", action="store_true")
options = parser.parse_args()
for name in options.names:
    print((name + " ") * options.count + ("!" if options.verbose else ""))
for index, argument in enumerate(sys.argv[1:], 1):
    print(index, ascii(argument), len(argument))
