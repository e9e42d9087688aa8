#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int attempts, odd;

/* Runs the body in a process of its own; whatever becomes of that, this one goes on. */
#define TRY(name, ...)                                                                                                 \
    do {                                                                                                               \
        int status;                                                                                                    \
        attempts++;                                                                                                    \
        if (fork() == 0) {                                                                                             \
            alarm(1);                                                                                                  \
            __VA_ARGS__;                                                                                                   \
            _exit(0);                                                                                                  \
        }                                                                                                              \
        if (wait(&status) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 42)) {                                   \
            odd++;                                                                                                     \
            printf("ESCAPED %s\n", name);                                                                              \
        }                                                                                                              \
    } while (0)

static void ignore(int signal)
{
    (void)signal;
}

int main(void)
{
    static const unsigned long kernel = 0xffffffff81000000;
    struct user_desc code = {.entry_number = 0, .limit = 0xfffff, .seg_32bit = 1, .limit_in_pages = 1, .contents = 2};
    TRY("base of gs", if (syscall(SYS_arch_prctl, ARCH_SET_GS, kernel) == 0) _exit(42));
    TRY("base of fs", if (syscall(SYS_arch_prctl, ARCH_SET_FS, kernel) == 0) _exit(42));
    TRY("no base of fs", syscall(SYS_arch_prctl, ARCH_SET_FS, 0); getpid(); raise(SIGUSR1));
    TRY("no cpuid", unsigned a, b, c, d; syscall(SYS_arch_prctl, 0x1012, 0); __cpuid(0, a, b, c, d));
    TRY("no time stamps", prctl(PR_SET_TSC, PR_TSC_SIGSEGV); __builtin_ia32_rdtsc());
    TRY("performance counter", __asm__ volatile("rdpmc" ::"c"(0) : "eax", "edx"));
    TRY("xgetbv of nothing", __asm__ volatile("xgetbv" ::"c"(77) : "eax", "edx"));
    TRY("AVX-512", __asm__ volatile(".byte 0x62, 0xf1, 0x7c, 0x48, 0x28, 0xc1"));
    TRY("AMX", syscall(SYS_arch_prctl, 0x1023, 18));
    TRY("single steps", signal(SIGTRAP, ignore); __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory"); for (;;));
    TRY("alignment", __asm__ volatile("pushfq; orq $0x40000, (%%rsp); popfq" ::: "memory"); getppid());
    TRY("direction", __asm__ volatile("std"); getppid());
    TRY("floating point", short word = 0; __asm__ volatile("fldcw %0; fld1; fldz; fdivrp; fwait" ::"m"(word)));
    TRY("vectors", unsigned word = 0; __asm__ volatile("ldmxcsr %0; xorps %%xmm0, %%xmm0; divps %%xmm0, %%xmm0" ::"m"(word)));
    TRY("reserved bits of mxcsr", unsigned word = ~0u; __asm__ volatile("ldmxcsr %0" ::"m"(word)));
    TRY("xrstor of garbage", static char area[4096] __attribute__((aligned(64))) = {[512 ... 1024] = -1};
        __asm__ volatile("xrstor (%0)" ::"r"(area), "a"(-1), "d"(-1)));
    TRY("stack pointer in the kernel", __asm__ volatile("mov %0, %%rsp; push %%rax" ::"r"(kernel)));
    TRY("stack pointer without an address", __asm__ volatile("mov %0, %%rsp; mov $39, %%eax; syscall; push %%rax" ::"r"(1ul << 62)));
    TRY("sigreturn of garbage", __asm__ volatile("mov $15, %%eax; syscall" ::: "rax"));
    TRY("sigreturn to the kernel", static unsigned long frame[64]; frame[23] = kernel; frame[24] = 0x3000; frame[25] = 0x10;
        __asm__ volatile("mov %0, %%rsp; mov $15, %%eax; syscall" ::"r"(frame)));
    TRY("code segment of its own", if (syscall(SYS_modify_ldt, 1, &code, sizeof code) == 0) {
        struct { unsigned offset; unsigned short segment; } far = {0, 7};
        __asm__ volatile("ljmp *%0" ::"m"(far));
    });
    TRY("hypercall of Intel", long result = 0; __asm__ volatile("vmcall" : "+a"(result)); if (result >= 0) _exit(42));
    TRY("hypercall of AMD", long result = 0; __asm__ volatile("vmmcall" : "+a"(result)); if (result >= 0) _exit(42));
    TRY("clflush of the kernel", __asm__ volatile("clflush (%0)" ::"r"(kernel)));
    TRY("prefetch of the kernel", for (long i = 0; i < 100000; i++) __builtin_prefetch((void *)(kernel + i * 64)));
    TRY("locked access across lines", static char line[128] __attribute__((aligned(64)));
        for (int i = 0; i < 100000; i++) __asm__ volatile("lock incq (%0)" ::"r"(line + 61) : "memory"));
    TRY("int3 without a debugger", __asm__ volatile("int3"));
    TRY("division", volatile int zero = 0; zero = 1 / zero);
    TRY("no instruction", __asm__ volatile(".byte 0x0f, 0xff, 0xf0, 0x0f, 0xc7, 0xc8"));
    TRY("the longest instruction", __asm__ volatile(".rept 14; .byte 0x66; .endr; nop"));
    printf("%d attempts, %d escaped, still here\n", attempts, odd);
    return 0;
}
