import ctypes

libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
CALLS = {
    "swapon": (167, b"/tmp/swap", 0),
    "swapoff": (168, b"/tmp/swap"),
    "acct": (163, b"/tmp/acct"),
    "sethostname": (170, b"owned", 5),
    "setdomainname": (171, b"owned", 5),
    "iopl": (172, 3),
    "ioperm": (173, 0, 1024, 1),
    "init_module": (175, page, 4096, b""),
    "finit_module": (313, 0, b"", 0),
    "delete_module": (176, b"erofs", 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "kexec_file_load": (320, 0, 0, 0, b"", 0),
    "reboot restart": (169, 0xFEE1DEAD, 672274793, 0x01234567, 0),
    "reboot power off": (169, 0xFEE1DEAD, 672274793, 0x4321FEDC, 0),
    "reboot halt": (169, 0xFEE1DEAD, 672274793, 0xCDEF0123, 0),
    "reboot by Ctrl-Alt-Del": (169, 0xFEE1DEAD, 672274793, 0x89ABCDEF, 0),
    "syslog read": (103, 3, page, 4096),
    "syslog clear": (103, 5, 0, 0),
    "bpf map": (321, 0, page, 128),
    "bpf program": (321, 5, page, 128),
    "perf_event_open": (298, page, 0, -1, -1, 0),
    "perf_event_open of all": (298, page, -1, 0, -1, 0),
    "userfaultfd": (323, 0),
    "io_uring_setup": (425, 8, page),
    "open_by_handle_at": (304, -100, page, 0),
    "fanotify_init": (300, 0x4, 0),
    "quotactl": (179, 0x80000700, b"/dev/vda", 0, page),
    "vhangup": (153,),
    "modify_ldt of a bad size": (154, 1, page, 3),
    "nfsservctl": (180, 0, page, page),
    "lookup_dcookie": (212, 1, page, 4096),
    "create_module": (174, b"x", 4096),
    "secretmem": (447, 0),
    "landlock of a bad size": (444, page, 1, 0),
    "migrate_pages of PID 1": (256, 1, 8, page, page),
    "rt_sigqueueinfo to PID 1": (129, 1, 9, page),
}
for name, (number, *args) in CALLS.items():
    print(name, "ESCAPED" if libc.syscall(ctypes.c_long(number), *[a if isinstance(a, (bytes, ctypes.Array)) else ctypes.c_long(a) for a in args]) >= 0 else "refused")
