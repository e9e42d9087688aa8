#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int attempts, survived;

/* In a process of its own, which the processor must stop before it comes to the end. */
#define TRY(...)                                                                                                       \
    do {                                                                                                               \
        int status;                                                                                                    \
        attempts++;                                                                                                    \
        if (fork() == 0) {                                                                                             \
            alarm(2);                                                                                                  \
            __asm__ volatile(__VA_ARGS__);                                                                             \
            _exit(42);                                                                                                 \
        }                                                                                                              \
        wait(&status);                                                                                                 \
        if (!WIFSIGNALED(status) || (WTERMSIG(status) != SIGSEGV && WTERMSIG(status) != SIGILL)) {                     \
            survived++;                                                                                                \
            printf("ESCAPED %s: %#x\n", #__VA_ARGS__, status);                                                         \
            fflush(stdout);                                                                                            \
        }                                                                                                              \
    } while (0)

int main(void)
{
    static char table[64];
    TRY("hlt");
    TRY("cli");
    TRY("sti");
    TRY("outb %%al, $0xf4" ::"a"(0)); /* QEMU's debug exit */
    TRY("outb %%al, $0x64" ::"a"(0xfe)); /* reset by the keyboard controller */
    TRY("outw %%ax, %%dx" ::"a"(0x2000), "d"(0x604)); /* ACPI power off */
    TRY("outl %%eax, %%dx" ::"a"(0x80000000), "d"(0xcf8)); /* PCI configuration */
    TRY("inb $0x3f8 & 0xff, %%al" ::: "eax");
    TRY("rep insb" ::"D"(table), "c"(4), "d"(0x60));
    TRY("rep outsb" ::"S"(table), "c"(4), "d"(0x3f8));
    TRY("wrmsr" ::"a"(0), "d"(0), "c"(0xc0000082));
    TRY("rdmsr" ::"c"(0xc0000080) : "eax", "edx");
    TRY("mov %%cr0, %%rax" ::: "rax");
    TRY("mov %0, %%cr0" ::"r"(0l));
    TRY("mov %0, %%cr3" ::"r"(0l));
    TRY("mov %0, %%cr4" ::"r"(0l));
    TRY("mov %0, %%dr7" ::"r"(0l));
    TRY("clts");
    TRY("lgdt (%0)" ::"r"(table));
    TRY("lidt (%0)" ::"r"(table));
    TRY("lldt %w0" ::"r"(0));
    TRY("ltr %w0" ::"r"(0x40));
    TRY("lmsw %w0" ::"r"(0));
    TRY("invlpg (%0)" ::"r"(table));
    TRY("swapgs");
    TRY("sysretq" ::"c"(0), "r"(0) : "r11");
    TRY("sysexitl");
    TRY("rsm");
    TRY("monitor" ::"a"(table), "c"(0), "d"(0));
    TRY("mwait" ::"a"(0), "c"(0));
    TRY("xsetbv" ::"a"(1), "d"(0), "c"(0));
    TRY("vmrun" ::"a"(table));
    TRY("vmsave" ::"a"(table));
    TRY("stgi");
    TRY("clgi");
    TRY("skinit" ::"a"(table));
    TRY("vmxon (%0)" ::"r"(table));
    TRY("ud2");
    /* A return to code of the kernel's privilege, and a far jump there. */
    TRY("push $0; push %0; push $2; push $0x10; push %0; iretq" ::"r"(table));
    TRY("push $0x10; push %0; lretq" ::"r"(table));
    TRY("mov %w0, %%ss" ::"r"(0x18));
    TRY("mov %w0, %%ds" ::"r"(0x18));
    TRY("pushfq; orq $0x3000, (%%rsp); popfq; cli" ::: "memory");
    TRY("int $0x3f");
    TRY("int $2");
    TRY("int $8");
    TRY("jmp *%0" ::"r"(0xffffffff81000000));
    TRY("call *%0" ::"r"(0xffffffffff600000));
    TRY("movb $0, (%0)" ::"r"(0xffffffff81000000));
    TRY("movb $0, (%0)" ::"r"(0xffff888000000000));
    printf("%d attempts, %d survived\n", attempts, survived);
    return 0;
}
