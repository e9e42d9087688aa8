#include "program.h"

#include "boot.h"
#include "child.h"

#include <unistd.h>

static enum error_code launch(struct program *program, const struct run_message *run, const struct scratch *scratch,
                              const int stdio[3])
{
    enum error_code code = ERROR_INTERNAL;
    if (!cgroup_limit(&program->group, run->limits.memory_bytes, run->limits.pids_max))
        return code;
    program->leader = child_start(run, &program->group, scratch, stdio, &code);
    return program->leader < 0 ? code : ERROR_NONE;
}

enum error_code program_start(struct program *program, const struct run_message *run, const struct scratch *scratch)
{
    int stdio[3];
    *program = (struct program){0};
    if (!cgroup_make(&program->group))
        return ERROR_INTERNAL;
    enum error_code code = ERROR_INTERNAL;
    if (pipes_open(&program->pipes, run->limits.output_bytes, stdio))
        code = launch(program, run, scratch, stdio);
    for (int i = 0; i < 3; i++)
        if (stdio[i] >= 0)
            close(stdio[i]);
    if (code != ERROR_NONE)
        program_close(program);
    return code;
}

bool program_limit(struct program *program, const struct limits *limits)
{
    pipes_limit(&program->pipes, limits->output_bytes);
    /* A limit below what is used already makes the kernel kill here and now, and wait for a victim that needs the CPU. */
    setpriority(PRIO_PROCESS, 0, 0);
    bool limited = cgroup_limit(&program->group, limits->memory_bytes, limits->pids_max);
    setpriority(PRIO_PROCESS, 0, AGENT_NICE);
    return limited && child_limit(program->leader, limits);
}

void program_reaped(struct program *program, pid_t pid, int status, const struct rusage *usage)
{
    if (program->reaped || pid != program->leader)
        return;
    program->reaped = true;
    program->status = status;
    program->usage = *usage;
}

void program_close(struct program *program)
{
    pipes_close(&program->pipes);
    cgroup_remove(&program->group);
}
