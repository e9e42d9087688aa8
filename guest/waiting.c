#define _GNU_SOURCE
#include "waiting.h"

#include "clock.h"
#include "fault.h"
#include "text.h"
#include "workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARRIVE_MAX_MS = 120000 };

/* After so many seconds the kernel breaks a lease by itself: more than any clone waits, less than overflows in the kernel. */
#define LEASE_BREAK_S "1000000"
#define LEASE_BREAK_USUAL_S "45"

static struct waiting all[WAITING_MAX];
static unsigned started;

bool waiting_is_alive(const struct waiting *waiting)
{
    return waiting->gate >= 0 && !waiting->program.reaped;
}

static void close_gate(struct waiting *waiting)
{
    close(waiting->gate);
    waiting->gate = -1;
}

/*
 * Returns when the program is no more, not even as a zombie: the next program shall not see it. Its group and scratch stay
 * behind empty: no machine runs long enough for that to matter, and every system call less shortens the way to a result.
 */
static void end(struct waiting *waiting)
{
    cgroup_kill(&waiting->program.group);
    if (!waiting->program.reaped)
        waitpid(waiting->program.leader, NULL, 0);
    pipes_close(&waiting->program.pipes);
    close_gate(waiting);
}

/*
 * While only readers wait for a lease the kernel looks every tick whether it is over: __break_lease then waits until a time
 * that only a writer sets. So let there have been one, who did not want to wait.
 */
static void let_sleep(const struct waiting *waiting)
{
    int folder = scratch_workspace(&waiting->scratch);
    int writer = openat(folder, waiting->gate_name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (writer >= 0)
        close(writer);
    close(folder);
}

static bool make_gate(struct waiting *waiting, const char *name)
{
    if (strlen(name) > NAME_MAX)
        return fault(ENAMETOOLONG, "%.200s", name);
    strcpy(waiting->gate_name, name);
    const struct file_message empty = {.create = true, .mode = 0644, .path = name};
    if (!workspace_write(&waiting->scratch, &empty))
        return false;
    int folder = scratch_workspace(&waiting->scratch);
    waiting->gate = openat(folder, name, O_WRONLY | O_CLOEXEC);
    int error = errno;
    close(folder);
    if (waiting->gate < 0)
        return fault(error, "open the gate");
    return fcntl(waiting->gate, F_SETLEASE, F_WRLCK) == 0 || fault(errno, "lease the gate");
}

/* Somebody waits for the lease to be given up. */
static bool has_arrived(const struct waiting *waiting)
{
    return fcntl(waiting->gate, F_GETLEASE) != F_WRLCK;
}

/* Before anyone is waited for with SIGCHLD: this alone reaps. */
static bool wait_for_arrival(struct waiting *waiting)
{
    uint64_t end = later_ns(monotonic_ns(), ARRIVE_MAX_MS);
    while (!has_arrived(waiting)) {
        int status;
        if (waitpid(waiting->program.leader, &status, WNOHANG) != 0)
            return fault(0, "a program ended, with status %d, before it opened its gate", status);
        if (monotonic_ns() >= end)
            return fault(0, "a program did not open its gate in time");
        sleep_ms(5);
    }
    return true;
}

bool waiting_start(const struct prepare_message *prepare)
{
    if (!text_write("/proc/sys/fs/lease-break-time", LEASE_BREAK_S))
        return false;
    for (unsigned i = 0; i < prepare->count; i++) {
        struct waiting *waiting = &all[started++];
        *waiting = (struct waiting){.gate = -1};
        if (!scratch_make(&waiting->scratch, prepare->scratch_bytes) || !make_gate(waiting, prepare->gate) ||
            program_start(&waiting->program, &prepare->run, &waiting->scratch) != ERROR_NONE ||
            !wait_for_arrival(waiting))
            return false;
        let_sleep(waiting);
    }
    /* The time is taken when the wait begins; leases of the programs' own are as on any machine. */
    return text_write("/proc/sys/fs/lease-break-time", LEASE_BREAK_USUAL_S);
}

unsigned waiting_count(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < started; i++)
        count += waiting_is_alive(&all[i]);
    return count;
}

bool waiting_resize(uint64_t scratch_bytes)
{
    for (unsigned i = 0; i < started; i++)
        if (waiting_is_alive(&all[i]) && !scratch_resize(&all[i].scratch, scratch_bytes))
            return false;
    return true;
}

struct waiting *waiting_keep_one(void)
{
    struct waiting *kept = NULL;
    uint32_t random = 0;
    unsigned count = waiting_count();
    getrandom(&random, sizeof random, GRND_NONBLOCK);
    /* The first one was charged with the memory of all files that they share: it is left for the warm-up. */
    unsigned choice = count <= 1 ? 0 : waiting_is_alive(&all[0]) ? 1 + random % (count - 1) : random % count;
    for (unsigned i = 0; i < started; i++) {
        if (waiting_is_alive(&all[i]) && choice-- == 0)
            kept = &all[i];
        else if (all[i].gate >= 0)
            end(&all[i]);
    }
    return kept;
}

struct waiting *waiting_first(void)
{
    for (unsigned i = 0; i < started; i++)
        if (waiting_is_alive(&all[i]))
            return &all[i];
    return NULL;
}

bool waiting_is_gate(const struct waiting *waiting, const char *path)
{
    return strcmp(path, waiting->gate_name) == 0;
}

void waiting_reaped(pid_t pid, int status, const struct rusage *usage)
{
    for (unsigned i = 0; i < started; i++)
        if (all[i].gate >= 0)
            program_reaped(&all[i].program, pid, status, usage);
}

bool waiting_write_gate(struct waiting *waiting, const struct file_message *file)
{
    waiting->gate_written = true;
    if (file->create && (ftruncate(waiting->gate, 0) != 0 || lseek(waiting->gate, 0, SEEK_SET) != 0))
        return fault(errno, "%.200s", file->path);
    for (struct span left = file->content; left.size > 0;) {
        ssize_t written = write(waiting->gate, left.data, left.size);
        if (written < 0)
            return fault(errno, "%.200s", file->path);
        left.data += written;
        left.size -= (size_t)written;
    }
    return fchmod(waiting->gate, file->mode) == 0 || fault(errno, "%.200s", file->path);
}

void waiting_dismiss(struct waiting *waiting)
{
    if (!waiting->gate_written) {
        int folder = scratch_workspace(&waiting->scratch);
        unlinkat(folder, waiting->gate_name, 0);
        close(folder);
    }
    end(waiting);
}

bool waiting_release(struct waiting *waiting)
{
    bool released = fcntl(waiting->gate, F_SETLEASE, F_UNLCK) == 0;
    int error = errno;
    close_gate(waiting);
    return released || fault(error, "give up the lease");
}
