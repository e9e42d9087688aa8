#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, long result)
{
    attempts++;
    if (result >= 0) {
        succeeded++;
        printf("ESCAPED %s: %ld\n", name, result);
    }
}

#define TRY(number, ...) attempt(#number, syscall(SYS_##number, __VA_ARGS__))

int main(void)
{
    char buffer[4096] = {0};
    struct iovec local = {buffer, 8}, remote = {(void *)0x400000, 8};
    struct bpf_insn code[] = {{.code = 0xb7}, {.code = 0x95}};
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = 2,
                           .insns = (unsigned long)code, .license = (unsigned long)"GPL"};
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    struct perf_event_attr all = {.type = PERF_TYPE_SOFTWARE, .size = sizeof all, .config = PERF_COUNT_SW_CPU_CLOCK};
    struct perf_event_attr probe = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof probe, .config = 1};
    struct timeval time = {1, 0};
    struct timespec clock = {1, 0};
    struct timex change = {.modes = ADJ_OFFSET, .offset = 500000};
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct caps[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
    struct sched_param first = {1};
    struct rlimit64_ { unsigned long soft, hard; } limit = {0, 0};
    siginfo_t info = {.si_code = SI_QUEUE};
    unsigned long mask = 1;
    int file = open("/workspace/main", O_RDONLY), folder = open("/", O_RDONLY | O_DIRECTORY);
    int init = (int)syscall(SYS_pidfd_open, 1, 0);

    TRY(ptrace, PTRACE_ATTACH, 1, 0, 0);
    TRY(ptrace, PTRACE_SEIZE, 1, 0, 0);
    TRY(process_vm_readv, 1, &local, 1, &remote, 1, 0);
    TRY(process_vm_writev, 1, &local, 1, &remote, 1, 0);
    TRY(kcmp, 1, getpid(), 0, 0, 0);
    TRY(move_pages, 1, 0, NULL, NULL, NULL, 0);
    TRY(migrate_pages, 1, 64, &mask, &mask);
    TRY(get_robust_list, 1, buffer, buffer + 8);
    TRY(pidfd_getfd, init, 3, 0);
    TRY(pidfd_send_signal, init, SIGKILL, NULL, 0);
    TRY(process_madvise, init, &remote, 1, 21, 0);
    TRY(process_mrelease, init, 0);
    TRY(kill, 1, SIGKILL);
    TRY(kill, 1, 0);
    TRY(tkill, 1, SIGSEGV);
    TRY(tgkill, 1, 1, SIGSTOP);
    TRY(rt_sigqueueinfo, 1, SIGCHLD, &info);
    TRY(rt_tgsigqueueinfo, 1, 1, SIGCHLD, &info);
    TRY(prlimit64, 1, 7, &limit, NULL);
    TRY(sched_setscheduler, 1, SCHED_IDLE, &(struct sched_param){0});
    TRY(sched_setaffinity, 1, sizeof mask, &mask);
    TRY(setpriority, 0, 1, 19);
    TRY(ioprio_set, 1, 1, 3 << 13);
    TRY(bpf, BPF_PROG_LOAD, &load, sizeof load);
    TRY(bpf, BPF_MAP_CREATE, &map, sizeof map);
    TRY(perf_event_open, &all, -1, 0, -1, 0);
    TRY(perf_event_open, &all, 1, -1, -1, 0);
    TRY(perf_event_open, &probe, 0, -1, -1, 0);
    TRY(userfaultfd, 0);
    TRY(io_uring_setup, 8, buffer);
    TRY(io_uring_enter, 0, 1, 0, 0, NULL, 0);
    TRY(io_uring_register, 0, 0, NULL, 0);
    TRY(init_module, buffer, sizeof buffer, "");
    TRY(finit_module, file, "", 0);
    TRY(delete_module, "virtio_console", O_NONBLOCK);
    TRY(kexec_load, 0, 0, NULL, 0);
    TRY(kexec_file_load, file, -1, 0, NULL, 4);
    TRY(reboot, 0xfee1dead, 672274793, 0x01234567, NULL);
    TRY(iopl, 3);
    TRY(ioperm, 0x3f8, 8, 1);
    TRY(mount, "none", "/tmp", "tmpfs", 0, NULL);
    TRY(mount, "/", "/tmp", NULL, 4096, NULL);
    TRY(umount2, "/proc", 2);
    TRY(pivot_root, "/tmp", "/tmp");
    TRY(chroot, "/tmp");
    TRY(fsopen, "tmpfs", 0);
    TRY(fspick, folder, "", 8);
    TRY(open_tree, folder, "", 0x1001);
    TRY(mount_setattr, folder, "", 0x1000, buffer, 32);
    TRY(move_mount, folder, "", folder, "tmp", 4);
    TRY(swapon, "/workspace/main", 0);
    TRY(swapoff, "/workspace/main");
    TRY(sethostname, "owned", 5);
    TRY(setdomainname, "owned", 5);
    TRY(settimeofday, &time, NULL);
    TRY(clock_settime, CLOCK_REALTIME, &clock);
    TRY(adjtimex, &change);
    TRY(clock_adjtime, CLOCK_REALTIME, &change);
    TRY(acct, "/tmp/log");
    TRY(quotactl, 0, "/dev/vda", 0, buffer);
    TRY(vhangup, 0);
    TRY(syslog, 5, NULL, 0);
    TRY(syslog, 3, buffer, sizeof buffer);
    TRY(fanotify_init, FAN_CLASS_PRE_CONTENT, 0);
    TRY(open_by_handle_at, folder, buffer, O_RDONLY);
    TRY(mknod, "/tmp/disk", S_IFBLK | 0666, makedev(254, 0));
    TRY(mknod, "/tmp/memory", S_IFCHR | 0666, makedev(1, 1));
    TRY(mknod, "/tmp/console", S_IFCHR | 0666, makedev(5, 1));
    TRY(setuid, 0);
    TRY(setgid, 0);
    TRY(setresuid, 0, 0, 0);
    TRY(setresgid, -1, 0, -1);
    TRY(setgroups, 0, NULL);
    TRY(capset, &head, caps);
    TRY(sched_setscheduler, 0, SCHED_FIFO, &first);
    TRY(sched_setscheduler, 0, SCHED_RR, &first);
    TRY(setpriority, 0, 0, -1);
    TRY(ioprio_set, 1, 0, 1 << 13);
    TRY(mlock, buffer, 1 << 20);
    TRY(lookup_dcookie, 1, buffer, sizeof buffer);
    TRY(nfsservctl, 0, NULL, NULL);
    TRY(vserver, 0, 0, NULL);
    TRY(_sysctl, buffer);
    TRY(uselib, "/workspace/main");
    printf("%d attempts, %d succeeded\n", attempts, succeeded);
    return 0;
}
