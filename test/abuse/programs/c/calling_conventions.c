#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { X32 = 0x40000000 };
static const long HIGH = 1L << 32;

static long native(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

static long foreign(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "r8", "r9", "r10", "r11", "memory");
    return result;
}

static long sysenter(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("sysenter" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

/* In a process of its own: a kernel without this convention ends it by a signal. */
static void attempt(const char *name, long (*call)(long, long, long, long), long number, long a, long b, long c)
{
    int status;
    fflush(stdout);
    if (fork() == 0)
        _exit(call(number, a, b, c) >= 0 ? 42 : 0);
    wait(&status);
    printf("%s: %s\n", name, WIFEXITED(status) && WEXITSTATUS(status) == 42 ? "ESCAPED" : "refused");
}

int main(void)
{
    unsigned *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    low[0] = AF_VSOCK, low[1] = SOCK_STREAM, low[2] = 0;
    attempt("vsock", native, SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, high bits in the family", native, SYS_socket, HIGH | AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, high bits in the number", native, HIGH | SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, x32", native, X32 | SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, x32 and high bits", native, HIGH | X32 | SYS_socket, HIGH | AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, sign bit", native, (int)0x80000000 | SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, int 0x80", foreign, 359, AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, int 0x80 and high bits", foreign, HIGH | 359, HIGH | AF_VSOCK, SOCK_STREAM, 0);
    attempt("vsock, int 0x80 and socketcall", foreign, 102, 1, (long)low, 0);
    attempt("vsock, sysenter", sysenter, 359, AF_VSOCK, SOCK_STREAM, 0);
    attempt("io_uring", native, SYS_io_uring_setup, 8, (long)low, 0);
    attempt("io_uring, high bits", native, HIGH | SYS_io_uring_setup, 8, (long)low, 0);
    attempt("io_uring, x32", native, X32 | SYS_io_uring_setup, 8, (long)low, 0);
    attempt("io_uring, int 0x80", foreign, SYS_io_uring_setup, 8, (long)low, 0);
    attempt("kill PID 1, x32", native, X32 | SYS_kill, 1, SIGKILL, 0);
    attempt("kill PID 1, int 0x80", foreign, 37, 1, SIGKILL, 0);
    attempt("ptrace PID 1, x32", native, X32 | 521, 16, 1, 0);
    attempt("ptrace PID 1, int 0x80", foreign, 26, 16, 1, 0);
    attempt("reboot, int 0x80", foreign, 88, 0xfee1dead, 672274793, 0x01234567);
    attempt("iopl, int 0x80", foreign, 110, 3, 0, 0);
    return 0;
}
