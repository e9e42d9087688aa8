import ctypes, os, resource

for value in (0, resource.RLIM_INFINITY):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (value, value))
    except ValueError:
        print("core refused", flush=True)
if os.fork() == 0:
    ctypes.string_at(0)
print("signal", os.wait()[1] & 0x7F, "core", os.path.exists("core"), flush=True)
ctypes.memset(0, 1, 1)
