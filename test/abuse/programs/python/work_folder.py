import os, shutil

# The folder with the source goes, and something else takes its place.
os.remove("main.py")
os.symlink("/proc/1/root/etc/shadow", "main.py")
try:
    open("main.py").read()
    print("ESCAPED")
except OSError:
    print("link out refused")
os.remove("main.py")
os.mkfifo("main.py")
os.mkdir("x")
os.symlink("/", "x/root")
for source, target in (("/workspace", "/tmp/w"), ("/tmp", "/workspace/t"), ("/workspace", "/gone")):
    try:
        os.rename(source, target)
        print("ESCAPED")
    except OSError:
        print("rename refused")
os.chmod("/workspace", 0)
try:
    os.rmdir("/workspace")
    print("ESCAPED")
except OSError:
    print("removal refused")
os.chmod("/workspace", 0o777)
shutil.rmtree("/workspace", ignore_errors=True)
print(sorted(os.listdir("/workspace")))
