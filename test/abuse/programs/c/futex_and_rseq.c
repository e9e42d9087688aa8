#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int *words; /* shared */

static long futex(int *word, int operation, int value, void *timeout, int *second, int third)
{
    return syscall(SYS_futex, word, operation, value, timeout, second, third);
}

static void in_child(const char *name, void (*run)(void))
{
    int status;
    fflush(stdout);
    if (fork() == 0) {
        alarm(2);
        run();
        _exit(0);
    }
    wait(&status);
    printf("%s: over\n", name);
}

/* A list of held locks that never ends: the kernel walks it when the process ends. */
static void endless_list(void)
{
    static struct robust_list_head head;
    static struct robust_list one;
    head.list.next = &one;
    one.next = &one;
    syscall(SYS_set_robust_list, &head, sizeof head);
}

static void list_in_the_kernel(void)
{
    syscall(SYS_set_robust_list, 0xffffffff81000000, sizeof(struct robust_list_head));
}

static void thread_id_in_the_kernel(void)
{
    syscall(SYS_set_tid_address, 0xffffffff81000000);
}

static void *lock_two(void *first)
{
    int *one = first, *two = one == words ? words + 1 : words;
    futex(one, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    usleep(100000);
    futex(two, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    return NULL;
}

static void deadlock(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, lock_two, words + i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

static void owner_is_init(void)
{
    words[2] = 1 | FUTEX_WAITERS;
    futex(words + 2, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    words[3] = 1;
    futex(words + 3, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
}

static void requeue(void)
{
    if (fork() == 0) {
        alarm(1);
        futex(words + 4, FUTEX_WAIT_REQUEUE_PI, 0, NULL, words + 5, 0);
        _exit(0);
    }
    usleep(50000);
    futex(words + 4, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, words + 4, 0);
    futex(words + 4, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, words + 5, 0);
    futex(words + 4, FUTEX_REQUEUE, 1 << 30, (void *)(1l << 30), words + 4, 0);
    futex(words + 4, FUTEX_WAKE_OP, -1, (void *)-1, words + 5, -1);
}

static void odd_addresses(void)
{
    static const unsigned long addresses[] = {0, 1, 3, 0x7fffffffffff, 0xffffffff81000000, 0xffffffffff600000, -1ul};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        for (int operation = 0; operation < 16; operation++)
            futex((int *)addresses[i], operation, 0, NULL, (int *)addresses[i], 0);
}

static void restartable(void)
{
    static char area[64] __attribute__((aligned(32)));
    syscall(SYS_rseq, 0xffffffff81000000, 32, 0, 0x53053053);
    syscall(SYS_rseq, area, 32, 0, 0x53053053);
    *(unsigned long *)(area + 8) = 0xffffffff81000000; /* a critical section in the kernel */
    for (int i = 0; i < 1000; i++)
        syscall(SYS_sched_yield);
}

static void lost_waiters(void)
{
    for (int i = 0; i < 60; i++)
        if (fork() == 0) {
            signal(SIGTERM, SIG_IGN);
            for (;;)
                futex(words + 6, FUTEX_WAIT, 0, NULL, NULL, 0);
        }
}

int main(void)
{
    words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    in_child("endless list of locks", endless_list);
    in_child("list of locks in the kernel", list_in_the_kernel);
    in_child("thread id in the kernel", thread_id_in_the_kernel);
    in_child("deadlock with inheritance", deadlock);
    in_child("lock of PID 1", owner_is_init);
    in_child("requeue", requeue);
    in_child("odd addresses", odd_addresses);
    in_child("restartable sequence in the kernel", restartable);
    in_child("waiters for ever", lost_waiters);
    return 0;
}
