#include "stage.h"

#include "clock.h"
#include "fault.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILL_AGAIN_MS = 100, KILL_CHECK_MS = 2, KILL_MAX_MS = 10000 };

void stage_begin(struct stage *stage, const struct program *program, bool waited, uint64_t timeout_ms)
{
    *stage = (struct stage){.phase = STAGE_RUNNING, .program = *program};
    if (waited)
        cgroup_usage(&program->group, &stage->before);
    stage->started_ns = monotonic_ns();
    stage->deadline_ns = later_ns(stage->started_ns, timeout_ms);
    stage->watch_ns = later_ns(stage->started_ns, CGROUP_WATCH_MS);
}

static void end(struct stage *stage, enum cause cause, uint64_t now)
{
    /* A leader that died for lack of memory looks like one that was killed by a signal, or too slow to die in time. */
    stage->report.cause = cgroup_out_of_memory(&stage->program.group) ? CAUSE_MEMORY : cause;
    stage->report.wall_us = (now - stage->started_ns) / NS_PER_US;
    stage->kill_again_ns = now;
    stage->kill_end_ns = later_ns(now, KILL_MAX_MS);
    stage->phase = STAGE_KILLING;
}

static void check_limits(struct stage *stage, uint64_t now)
{
    if (stage->program.reaped)
        end(stage, WIFSIGNALED(stage->program.status) ? CAUSE_SIGNALLED : CAUSE_EXITED, now);
    else if (pipes_truncated(&stage->program.pipes))
        end(stage, CAUSE_OUTPUT, now);
    else if (now >= stage->deadline_ns)
        end(stage, CAUSE_TIME, now);
    else if (now >= stage->watch_ns) {
        stage->watch_ns = later_ns(now, CGROUP_WATCH_MS);
        if (cgroup_starved(&stage->program.group, &stage->watch))
            end(stage, CAUSE_MEMORY, now);
    }
}

static bool kill_all(struct stage *stage, uint64_t now)
{
    if (stage->program.reaped && !cgroup_populated(&stage->program.group)) {
        stage->phase = STAGE_DRAINING;
    } else if (now >= stage->kill_end_ns) {
        stage->phase = STAGE_LOST;
        return fault(0, "processes of the program cannot be killed");
    } else if (now >= stage->kill_again_ns) {
        cgroup_kill(&stage->program.group);
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
    if (report->cause <= CAUSE_SIGNALLED && pipes_truncated(&stage->program.pipes))
        report->cause = CAUSE_OUTPUT;
    if (report->cause == CAUSE_EXITED) {
        report->exit_code = (uint8_t)WEXITSTATUS(stage->program.status);
    } else {
        report->signal = report->cause == CAUSE_SIGNALLED ? (uint8_t)WTERMSIG(stage->program.status) : SIGKILL;
        report->exit_code = 128 + report->signal;
    }
    report->flags = (stage->program.pipes.output[0].truncated ? EXIT_STDOUT_TRUNCATED : 0) |
                    (stage->program.pipes.output[1].truncated ? EXIT_STDERR_TRUNCATED : 0);
    struct cgroup_usage usage = {
        .user_us = microseconds(stage->program.usage.ru_utime),
        .system_us = microseconds(stage->program.usage.ru_stime),
        .memory_peak_bytes = (uint64_t)stage->program.usage.ru_maxrss * 1024,
    };
    cgroup_usage(&stage->program.group, &usage);
    report->user_us = usage.user_us - stage->before.user_us;
    report->system_us = usage.system_us - stage->before.system_us;
    report->memory_peak_bytes = usage.memory_peak_bytes;
    queue_commit(frames, message_exit(queue_reserve(frames, MESSAGE_MAX), report));
    program_close(&stage->program);
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
        pipes_drain(&stage->program.pipes, frames);
    if (stage->phase == STAGE_DRAINING && pipes_drained(&stage->program.pipes) && queue_room(frames) >= MESSAGE_MAX)
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
