#define _GNU_SOURCE
#include "child.h"

#include "cgroup.h"
#include "fault.h"
#include "filter.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum step { STEP_EXEC, STEP_CWD, STEP_PROCESS, STEP_LIMITS, STEP_STDIO, STEP_ROOT, STEP_USER };

static const char *const step_names[] = {"exec", "cwd", "session", "limits", "stdio", "root", "user"};

/* What the child tells in a page it shares with the agent: under a tiny memory limit a write to a pipe would fail. */
struct failure {
    bool happened;
    enum step step;
    int error;
};

enum { START_MAX_MS = 15000, STATUS_FD = 3, OPEN_FILES_MAX = 1 << 20 /* fs.nr_open: beyond it setrlimit fails */ };

static struct failure *failure;

static _Noreturn void give_up(enum step step)
{
    *failure = (struct failure){true, step, errno};
    _exit(127);
}

static bool set_process(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number <= SIGRTMAX; number++)
        signal(number, SIG_DFL);
    umask(022);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0 && setsid() >= 0 && setpriority(PRIO_PROCESS, 0, 0) == 0;
}

static bool set_limits(pid_t pid, const struct limits *limits)
{
    rlim_t files = limits->open_files < OPEN_FILES_MAX ? limits->open_files : OPEN_FILES_MAX;
    const struct {
        __rlimit_resource_t resource;
        struct rlimit limit;
    } table[] = {
        {RLIMIT_CORE, {0, 0}},
        {RLIMIT_FSIZE, {limits->file_bytes, limits->file_bytes}},
        {RLIMIT_NOFILE, {files, files}},
        {RLIMIT_STACK, {8 << 20, RLIM_INFINITY}},
        {RLIMIT_MEMLOCK, {64 << 10, 64 << 10}},
        {RLIMIT_MSGQUEUE, {0, 0}},
        {RLIMIT_NPROC, {RLIM_INFINITY, RLIM_INFINITY}}, /* pids.max bounds processes */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (prlimit(pid, table[i].resource, &table[i].limit, NULL) != 0)
            return false;
    return true;
}

bool child_limit(pid_t pid, const struct limits *limits)
{
    return set_limits(pid, limits) || fault(errno, "limit the program");
}

/* The sources are above 2 (boot_mounts), so no dup2 overwrites one that is still needed. */
static bool set_stdio(const int stdio[3], int status)
{
    for (int i = 0; i < 3; i++)
        if (dup2(stdio[i], i) < 0)
            return false;
    if (status != STATUS_FD && dup3(status, STATUS_FD, O_CLOEXEC) < 0)
        return false;
    return close_range(STATUS_FD + 1, ~0U, 0) == 0;
}

static bool set_user(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    return setgroups(0, NULL) == 0 && setresgid(WORLD_GID, WORLD_GID, WORLD_GID) == 0 &&
           setresuid(WORLD_UID, WORLD_UID, WORLD_UID) == 0 && syscall(SYS_capset, &head, none) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_apply();
}

static _Noreturn void become(const struct run_message *run, const struct scratch *scratch, const int stdio[3],
                             int status)
{
    /* execvpe searches the PATH of `environ`; the program itself gets exactly the env of RUN. */
    static char *default_path[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    if (!set_process())
        give_up(STEP_PROCESS);
    if (!set_stdio(stdio, status)) /* before a limit on open files that may be below 4 */
        give_up(STEP_STDIO);
    if (!set_limits(0, &run->limits))
        give_up(STEP_LIMITS);
    if (!scratch_enter(scratch))
        give_up(STEP_ROOT);
    if (!set_user())
        give_up(STEP_USER);
    if (chdir(run->cwd) != 0)
        give_up(STEP_CWD);
    environ = run->env;
    if (getenv("PATH") == NULL)
        environ = default_path;
    execvpe(run->argv[0], run->argv, run->env);
    give_up(STEP_EXEC);
}

static bool share_failure(void)
{
    if (failure == NULL) {
        void *page = mmap(NULL, sizeof *failure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return fault(errno, "map a page");
        failure = page;
    }
    *failure = (struct failure){0};
    return true;
}

/*
 * Returns whether exec succeeded. A child that died before exec counts as started: its end tells why. One that was too slow,
 * because the machine stood still, is no program that was killed.
 */
static bool started(int status, const struct run_message *run, const struct cgroup *group, enum error_code *code)
{
    struct pollfd end = {.fd = status};
    bool late = false;
    /* Nobody writes to this pipe; its end comes when exec closes it or the child dies, and die it shall. */
    while (poll(&end, 1, START_MAX_MS) <= 0) {
        late = true;
        cgroup_kill(group);
    }
    if (late && !failure->happened && !cgroup_out_of_memory(group))
        return fault(0, "the program did not start within %d ms", START_MAX_MS);
    if (!failure->happened)
        return true;
    if (failure->step != STEP_EXEC && failure->step != STEP_CWD)
        return fault(failure->error, "set up the program's %s", step_names[failure->step]);
    *code = ERROR_START;
    return fault(failure->error, "%.200s", failure->step == STEP_EXEC ? run->argv[0] : run->cwd);
}

static pid_t launch(const struct run_message *run, const struct cgroup *group, const struct scratch *scratch,
                    const int stdio[3], const int status[2], enum error_code *code)
{
    int cgroup = cgroup_open(group);
    if (cgroup < 0)
        return -1;
    /* Born in the group, the program is never outside of its limits; moving it there would also be slower. */
    struct clone_args how = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned)cgroup};
    pid_t pid = (pid_t)syscall(SYS_clone3, &how, sizeof how);
    if (pid == 0)
        become(run, scratch, stdio, status[1]);
    if (pid < 0) {
        *code = ERROR_START;
        fault(errno, "%.200s", run->argv[0]);
    }
    close(cgroup);
    return pid;
}

pid_t child_start(const struct run_message *run, const struct cgroup *group, const struct scratch *scratch,
                  const int stdio[3], enum error_code *code)
{
    int status[2];
    *code = ERROR_INTERNAL;
    if (!share_failure())
        return -1;
    if (pipe2(status, O_CLOEXEC) != 0) {
        fault(errno, "create a pipe");
        return -1;
    }
    pid_t pid = launch(run, group, scratch, stdio, status, code);
    close(status[1]);
    if (pid > 0 && !started(status[0], run, group, code)) {
        waitpid(pid, NULL, 0);
        pid = -1;
    }
    close(status[0]);
    return pid;
}
