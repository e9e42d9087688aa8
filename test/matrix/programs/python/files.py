"""Files in the work folder and the temporary one, and what is not to be written."""
import errno
import os
import shutil
import tempfile
from pathlib import Path

work = Path.cwd()
print(work, sorted(path.name for path in work.iterdir()), Path.home(), os.environ["USER"])
data = work / "data" / "deep"
data.mkdir(parents=True)
for n in range(3):
    (data / f"file {n}.txt").write_text(f"línea {n}\n" * (n + 1), encoding="utf-8")
os.link(data / "file 0.txt", data / "hard")
os.symlink("file 1.txt", data / "soft")
print(sorted((p.name, p.stat().st_size, p.is_symlink()) for p in data.iterdir()))
with open(data / "file 2.txt", "r+b") as file:
    file.seek(-4, os.SEEK_END)
    file.write(b"TAIL")
    file.truncate()
print((data / "file 2.txt").read_bytes()[-8:], oct((data / "hard").stat().st_mode & 0o777))
shutil.make_archive(str(work / "all"), "zip", data)
shutil.rmtree(work / "data")
print(sorted(path.name for path in work.iterdir()))
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
    print(os.path.dirname(folder), os.path.dirname(file.name), os.listdir(folder))
for path in ("/etc/new", "/usr/new", "/new"):
    try:
        open(path, "w")
    except OSError as error:
        print(path, error.errno in (errno.EROFS, errno.EACCES))
print(os.getuid(), os.geteuid() == os.getuid())
