import sys

sys.stderr.write("Killed\n")
sys.exit(137)
