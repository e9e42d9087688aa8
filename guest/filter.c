#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* The native calling convention, and the one of 32-bit programs, with its numbers. */
#if defined __x86_64__
enum { NATIVE = AUDIT_ARCH_X86_64, FOREIGN = AUDIT_ARCH_I386, FOREIGN_SOCKET = 359, FOREIGN_SOCKETCALL = 102 };
enum { NUMBER_MASK = ~0x40000000 }; /* x32 has the native numbers with this bit */
#elif defined __aarch64__
enum { NATIVE = AUDIT_ARCH_AARCH64, FOREIGN = AUDIT_ARCH_ARM, FOREIGN_SOCKET = 281, FOREIGN_SOCKETCALL = 102 };
enum { NUMBER_MASK = ~0 };
#else
#error "no system call numbers for this architecture"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

bool filter_apply(void)
{
    /* Every number but those named is allowed before an argument is looked at: the kernel remembers these. */
    static struct sock_filter code[] = {
        /* 0 */ LOAD(arch),
        /* 1 */ IF(NATIVE, 5, 0),
        /* 2 */ IF(FOREIGN, 0, 12),
        /* 3 */ LOAD(nr),
        /* 4 */ IF(FOREIGN_SOCKETCALL, 10, 0), /* its arguments are out of sight; whoever knows it knows socket, too */
        /* 5 */ IF(SYS_io_uring_setup, 8, 0),  /* the same number everywhere */
        /* 6 */ IF(FOREIGN_SOCKET, 4, 6),
        /* 7 */ LOAD(nr),
        /* 8 */ BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (uint32_t)NUMBER_MASK),
        /* 9 */ IF(SYS_io_uring_setup, 4, 0),
        /* 10 */ IF(SYS_socket, 0, 2),
        /* 11 */ LOAD(args[0]), /* the low half: both architectures are little-endian, and the kernel takes an int */
        /* 12 */ IF(AF_VSOCK, 3, 0),
        /* 13 */ RETURN(SECCOMP_RET_ALLOW),
        /* 14 */ RETURN(SECCOMP_RET_ERRNO | EPERM),
        /* 15 */ RETURN(SECCOMP_RET_ERRNO | ENOSYS),
        /* 16 */ RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT),
    };
    const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
