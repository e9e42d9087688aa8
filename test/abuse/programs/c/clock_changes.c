#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/rtc.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int attempts, succeeded;

static void attempt(const char *name, long number, long result)
{
    attempts++;
    if (result >= 0) {
        succeeded++;
        printf("ESCAPED %s %ld\n", name, number);
    }
}

int main(void)
{
    static const int modes[] = {ADJ_OFFSET, ADJ_FREQUENCY, ADJ_MAXERROR, ADJ_STATUS, ADJ_TICK, ADJ_SETOFFSET, ADJ_TAI,
                                ADJ_OFFSET_SINGLESHOT};
    struct timespec far = {4000000000, 0};
    struct timeval past = {0, 0};
    struct timezone zone = {720, 0};
    struct timespec before, after;
    clock_gettime(CLOCK_REALTIME, &before);
    for (int clock = 0; clock < 16; clock++)
        attempt("clock_settime", clock, syscall(SYS_clock_settime, clock, &far));
    for (int i = 0; i < 16; i++) /* dynamic clocks of descriptors */
        attempt("clock_settime of descriptor", i, syscall(SYS_clock_settime, (~i << 3) | 3, &far));
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct timex change = {.modes = (unsigned)modes[i], .offset = 100000, .freq = 32768000, .tick = 11000,
                               .status = STA_UNSYNC, .time = {86400, 0}, .constant = 10};
        attempt("adjtimex", modes[i], syscall(SYS_adjtimex, &change));
        attempt("clock_adjtime", modes[i], syscall(SYS_clock_adjtime, CLOCK_REALTIME, &change));
    }
    attempt("settimeofday", 0, syscall(SYS_settimeofday, &past, NULL));
    attempt("settimeofday with a zone", 0, syscall(SYS_settimeofday, NULL, &zone));
    static const char *const files[] = {"/dev/rtc0", "/dev/rtc", "/dev/ptp0", "/proc/driver/rtc",
                                        "/sys/class/rtc/rtc0/wakealarm", "/proc/self/timens_offsets"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int file = open(files[i], O_RDWR);
        attempt(files[i], 0, file < 0 ? -1 : write(file, "monotonic 86400 0\n", 18));
    }
    clock_gettime(CLOCK_REALTIME, &after);
    printf("%d attempts, %d succeeded, clock %s\n", attempts, succeeded,
           after.tv_sec - before.tv_sec < 60 && after.tv_sec >= before.tv_sec ? "goes on" : "jumped: ESCAPED");
    return 0;
}
