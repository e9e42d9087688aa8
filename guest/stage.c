#include "stage.h"

#include "child.h"
#include "clock.h"
#include "fault.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILL_AGAIN_MS = 100, KILL_CHECK_MS = 2, KILL_MAX_MS = 10000 };

enum error_code stage_start(struct stage *stage, const struct run_message *run)
{
    int stdio[3];
    enum error_code code = ERROR_INTERNAL;
    *stage = (struct stage){0};
    bool opened = pipes_open(&stage->pipes, run->output_bytes, stdio);
    int cgroup = opened ? cgroup_take(run->memory_bytes, run->pids_max) : -1;
    pid_t leader = cgroup >= 0 ? child_start(run, cgroup, stdio, &code) : -1;
    if (cgroup >= 0)
        close(cgroup);
    for (int i = 0; i < 3; i++)
        if (stdio[i] >= 0)
            close(stdio[i]);
    if (leader < 0) {
        pipes_close(&stage->pipes);
        return code;
    }
    stage->phase = STAGE_RUNNING;
    stage->leader = leader;
    stage->started_ns = monotonic_ns();
    stage->deadline_ns = later_ns(stage->started_ns, run->timeout_ms);
    stage->watch_ns = later_ns(stage->started_ns, CGROUP_WATCH_MS);
    return ERROR_NONE;
}

void stage_reaped(struct stage *stage, pid_t pid, int status, const struct rusage *usage)
{
    if (stage->phase == STAGE_NONE || stage->reaped || pid != stage->leader)
        return;
    stage->reaped = true;
    stage->status = status;
    stage->usage = *usage;
}

static void end(struct stage *stage, enum cause cause, uint64_t now)
{
    /* A leader that died for lack of memory looks like one that was killed by a signal, or too slow to die in time. */
    stage->report.cause = cgroup_out_of_memory() ? CAUSE_MEMORY : cause;
    stage->report.wall_us = (now - stage->started_ns) / NS_PER_US;
    stage->kill_again_ns = now;
    stage->kill_end_ns = later_ns(now, KILL_MAX_MS);
    stage->phase = STAGE_KILLING;
}

static void check_limits(struct stage *stage, uint64_t now)
{
    if (stage->reaped)
        end(stage, WIFSIGNALED(stage->status) ? CAUSE_SIGNALLED : CAUSE_EXITED, now);
    else if (pipes_truncated(&stage->pipes))
        end(stage, CAUSE_OUTPUT, now);
    else if (now >= stage->deadline_ns)
        end(stage, CAUSE_TIME, now);
    else if (now >= stage->watch_ns) {
        stage->watch_ns = later_ns(now, CGROUP_WATCH_MS);
        if (cgroup_starved(&stage->watch))
            end(stage, CAUSE_MEMORY, now);
    }
}

static bool kill_all(struct stage *stage, uint64_t now)
{
    if (stage->reaped && !cgroup_populated()) {
        stage->phase = STAGE_DRAINING;
    } else if (now >= stage->kill_end_ns) {
        stage->phase = STAGE_LOST;
        return fault(0, "processes of the program cannot be killed");
    } else if (now >= stage->kill_again_ns) {
        cgroup_kill();
        stage->kill_again_ns = later_ns(now, KILL_AGAIN_MS);
    }
    return true;
}

static uint64_t microseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static void finish(struct stage *stage, struct queue *frames)
{
    struct exit_report *report = &stage->report;
    /* What a program wrote before its end went beyond the cap before its end, whichever the agent saw first. */
    if (report->cause <= CAUSE_SIGNALLED && pipes_truncated(&stage->pipes))
        report->cause = CAUSE_OUTPUT;
    if (report->cause == CAUSE_EXITED) {
        report->exit_code = (uint8_t)WEXITSTATUS(stage->status);
    } else {
        report->signal = report->cause == CAUSE_SIGNALLED ? (uint8_t)WTERMSIG(stage->status) : SIGKILL;
        report->exit_code = 128 + report->signal;
    }
    report->flags = (stage->pipes.output[0].truncated ? EXIT_STDOUT_TRUNCATED : 0) |
                    (stage->pipes.output[1].truncated ? EXIT_STDERR_TRUNCATED : 0);
    struct cgroup_usage usage = {
        .user_us = microseconds(stage->usage.ru_utime),
        .system_us = microseconds(stage->usage.ru_stime),
        .memory_peak_bytes = (uint64_t)stage->usage.ru_maxrss * 1024,
    };
    cgroup_usage(&usage);
    report->user_us = usage.user_us;
    report->system_us = usage.system_us;
    report->memory_peak_bytes = usage.memory_peak_bytes;
    queue_commit(frames, message_exit(queue_reserve(frames, MESSAGE_MAX), report));
    pipes_close(&stage->pipes);
    stage->phase = STAGE_NONE;
}

bool stage_advance(struct stage *stage, struct queue *frames)
{
    uint64_t now = monotonic_ns();
    if (stage->phase == STAGE_RUNNING)
        check_limits(stage, now);
    /* Twice: most often the leader was alone, and the group is empty at once. */
    for (int i = 0; i < 2; i++)
        if (stage->phase == STAGE_KILLING && !kill_all(stage, now))
            return false;
    if (stage->phase == STAGE_DRAINING)
        pipes_drain(&stage->pipes, frames);
    if (stage->phase == STAGE_DRAINING && pipes_drained(&stage->pipes) && queue_room(frames) >= MESSAGE_MAX)
        finish(stage, frames);
    return true;
}

int stage_timeout(const struct stage *stage)
{
    if (stage->phase == STAGE_KILLING)
        return KILL_CHECK_MS;
    if (stage->phase != STAGE_RUNNING)
        return -1;
    uint64_t now = monotonic_ns();
    uint64_t next = stage->deadline_ns < stage->watch_ns ? stage->deadline_ns : stage->watch_ns;
    return now < next ? (int)((next - now + NS_PER_MS - 1) / NS_PER_MS) : 0;
}
