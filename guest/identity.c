#include "identity.h"

#include "clock.h"
#include "fault.h"
#include "text.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define AGENT "/agent"

void identity_nonce(uint8_t nonce[NONCE_SIZE])
{
    getrandom(nonce, NONCE_SIZE, GRND_INSECURE);
}

static bool reseed(struct span entropy)
{
    struct {
        struct rand_pool_info head;
        uint8_t bytes[ENTROPY_MAX];
    } pool = {.head = {.entropy_count = (int)entropy.size * 8, .buf_size = (int)entropy.size}};
    memcpy(pool.bytes, entropy.data, entropy.size);
    int fd = open("/dev/random", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return fault(errno, "open /dev/random");
    /* Crediting comes first: a generator that was never ready refuses to be reseeded. */
    bool done = ioctl(fd, RNDADDENTROPY, &pool) == 0 && ioctl(fd, RNDRESEEDCRNG) == 0;
    int error = errno;
    explicit_bzero(&pool, sizeof pool);
    close(fd);
    return done || fault(error, "reseed the kernel's random number generator");
}

bool identity_set_clock(uint64_t wall_clock_ns)
{
    struct timespec now = {.tv_sec = (time_t)(wall_clock_ns / NS_PER_S), .tv_nsec = (long)(wall_clock_ns % NS_PER_S)};
    return clock_settime(CLOCK_REALTIME, &now) == 0 || fault(errno, "set the clock");
}

static void hexadecimal(char *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sprintf(out + 2 * i, "%02x", bytes[i]);
}

/* Sets `machine_id` to 32 digits and `boot_id` to a version 4 UUID, both with a line feed. */
static bool draw_ids(char machine_id[34], char boot_id[38])
{
    uint8_t random[32];
    if (getrandom(random, sizeof random, GRND_NONBLOCK) != sizeof random)
        return fault(errno, "draw a machine id");
    char digits[33];
    hexadecimal(digits, random, 16);
    sprintf(machine_id, "%s\n", digits);
    random[22] = (random[22] & 0x0f) | 0x40;
    random[24] = (random[24] & 0x3f) | 0x80;
    hexadecimal(digits, random + 16, 16);
    sprintf(boot_id, "%.8s-%.4s-%.4s-%.4s-%.12s\n", digits, digits + 8, digits + 12, digits + 16, digits + 20);
    return true;
}

bool identity_cover(void)
{
    static const char *const files[][2] = {
        {AGENT "/hosts", WORLD "/etc/hosts"},
        {AGENT "/hostname", WORLD "/etc/hostname"},
        {AGENT "/machine-id", WORLD "/etc/machine-id"},
        {AGENT "/boot_id", WORLD "/proc/sys/kernel/random/boot_id"},
    };
    mkdir(AGENT, 0755);
    if (mount("tmpfs", AGENT, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=64k") != 0)
        return fault(errno, "mount " AGENT);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!text_write(files[i][0], "\n") || !world_cover(files[i][0], files[i][1]))
            return false;
    return true;
}

static bool fill_files(const char *name)
{
    char hosts[128 + HOSTNAME_MAX], hostname[HOSTNAME_MAX + 2], machine_id[34], boot_id[38];
    if (!draw_ids(machine_id, boot_id))
        return false;
    snprintf(hosts, sizeof hosts, "127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t%s\n", name);
    snprintf(hostname, sizeof hostname, "%s\n", name);
    return text_write(AGENT "/hosts", hosts) && text_write(AGENT "/hostname", hostname) &&
           text_write(AGENT "/machine-id", machine_id) && text_write(AGENT "/boot_id", boot_id);
}

bool identity_assume(const struct init_message *init, bool world, uint8_t *ready_flags)
{
    if (!reseed(init->entropy) || !identity_set_clock(init->wall_clock_ns))
        return false;
    *ready_flags = READY_RESEEDED | READY_CLOCK;
    if (sethostname(init->hostname, strlen(init->hostname)) == 0)
        *ready_flags |= READY_HOSTNAME;
    return !world || fill_files(init->hostname);
}

bool identity_turn_back_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= 2 * 24 * 60 * 60;
    return clock_settime(CLOCK_REALTIME, &now) == 0 || fault(errno, "turn back the clock");
}
