#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, long result)
{
    attempts++;
    if (result != -1) {
        succeeded++;
        printf("ESCAPED %s\n", name);
    }
}

static long map(unsigned long where, size_t size, int protection, int flags, int fd)
{
    return (long)mmap((void *)where, size, protection, flags, fd, 0);
}

int main(void)
{
    enum { RW = PROT_READ | PROT_WRITE, OWN = MAP_PRIVATE | MAP_ANONYMOUS, PAGE = 4096 };
    static const unsigned long kernel[] = {0x800000000000, 0xffff888000000000, 0xffffc90000000000, 0xffffffff80000000,
                                           0xffffffff81000000, 0xffffffffff600000, 0xfffffffffffff000};
    static const char *const files[] = {"/dev/mem", "/dev/kmem", "/proc/kcore", "/dev/port", "/proc/1/mem", "/dev/vda"};
    char *page = mmap(NULL, 3 * PAGE, RW, OWN, -1, 0);
    attempt("page 0", map(0, PAGE, RW, OWN | MAP_FIXED, -1));
    attempt("page 0, growing down", map(0, PAGE, RW, OWN | MAP_FIXED | MAP_GROWSDOWN, -1));
    attempt("page 0 by mremap", (long)mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, NULL));
    attempt("page 0 of shared memory", map(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1));
    for (size_t i = 0; i < sizeof kernel / sizeof *kernel; i++) {
        attempt("kernel address", map(kernel[i], PAGE, RW, OWN | MAP_FIXED, -1));
        attempt("kernel address by mremap", (long)mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)kernel[i]));
        attempt("kernel address by mprotect", mprotect((void *)kernel[i], PAGE, RW));
        attempt("kernel address by munmap", munmap((void *)kernel[i], PAGE));
        attempt("kernel address by madvise", madvise((void *)kernel[i], PAGE, MADV_DONTNEED));
        attempt("kernel address by read", read(open("/dev/zero", O_RDONLY), (void *)kernel[i], 8));
        attempt("kernel address by write", write(open("/tmp/x", O_CREAT | O_WRONLY, 0600), (void *)kernel[i], 8));
    }
    attempt("128 TiB", map(0, 1ul << 47, RW, OWN | MAP_NORESERVE, -1));
    attempt("all of it", map(0, ~0ul - PAGE, RW, OWN | MAP_NORESERVE, -1));
    attempt("huge pages", map(0, 2 << 20, RW, OWN | MAP_HUGETLB, -1));
    attempt("locked", map(0, 1 << 20, RW, OWN | MAP_LOCKED, -1));
    attempt("mlock", mlock(page, 0) == 0 ? mlock((void *)((unsigned long)page & ~0xfffful), 1 << 30) : -1);
    attempt("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
    attempt("poisoned memory", madvise(page, PAGE, MADV_HWPOISON));
    attempt("memory offline", madvise(page, PAGE, 101));
    attempt("program file, shared and writable",
            map(0, PAGE, RW, MAP_SHARED, open("/usr/bin/env", O_RDONLY)));
    attempt("running program for writing", open("/proc/self/exe", O_WRONLY));
    attempt("sealed memfd", ({
        int fd = memfd_create("x", MFD_ALLOW_SEALING);
        ftruncate(fd, PAGE) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW) == 0 ? write(fd, "x", 1) : -1;
    }));
    attempt("memfd of huge pages", ({
        int fd = memfd_create("x", MFD_HUGETLB);
        fd < 0 ? -1 : map(0, 2 << 20, RW, MAP_SHARED, fd);
    }));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        attempt(files[i], map(0, PAGE, PROT_READ, MAP_SHARED, open(files[i], O_RDONLY)));
    /* Pages out of order in one mapping: allowed, harmless. */
    int fd = memfd_create("x", 0);
    char *pages = ftruncate(fd, 2 * PAGE) == 0 ? mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (pages != MAP_FAILED) {
        pages[0] = 'a', pages[PAGE] = 'b';
        if (remap_file_pages(pages, PAGE, 0, 1, 0) == 0 && pages[0] != 'b')
            attempt("remap_file_pages", 0);
    }
    printf("%d attempts, %d succeeded\n", attempts, succeeded);
    return 0;
}
