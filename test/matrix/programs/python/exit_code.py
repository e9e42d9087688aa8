"""Ends with a code of its own, after everything that must run at the end has run."""
import atexit
import sys


class Resource:
    def __enter__(self):
        print("open")
        return self

    def __exit__(self, kind, value, trace):
        print("close", kind.__name__, value.code)


atexit.register(print, "at exit")
try:
    with Resource():
        print("work")
        print("to stderr", file=sys.stderr)
        sys.exit(42)
finally:
    print("finally")
