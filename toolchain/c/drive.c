/*
 * drive LINKER: does what a compiler's driver does for one source file, with everything started beforehand.
 *
 * The file `plan` beside it is what the driver printed with `-###`, once for compiling and once for linking: the commands
 * are its own, but for the linker. A driver starts the linker when the object file is complete; this one starts it first
 * and holds it (hold.c) where it opens the object file. So a template is saved with a linker and an assembler that are
 * loaded, beside the compiler at its gate.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOME "/usr/local/lib/tvm/c/"

enum { PLAN_MAX = 1 << 16, ARGUMENTS_MAX = 512, SETTLE_MAX_MS = 2000 };

struct command {
    char *arguments[ARGUMENTS_MAX + 1];
    bool piped; /* its output is the input of the next */
    pid_t pid;
};

static struct command compiler, assembler, linker;

static void fail(const char *what)
{
    fprintf(stderr, "fatal error: %s: %s\n", what, strerror(errno));
    exit(1);
}

/** Takes the next word of `*text` off it, quotes removed in place. Returns NULL at the end of the line. */
static char *take_word(char **text)
{
    char *from = *text + strspn(*text, " "), *word = from, *to = from;
    bool quoted = false;
    if (*from == 0 || *from == '\n')
        return NULL;
    for (; *from && *from != '\n' && (quoted || *from != ' '); from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (*from == '\\' && from[1])
            from++;
        *to++ = *from;
    }
    *text = from + (*from == ' ');
    *to = 0;
    return word;
}

/** Takes a line of a plan apart. Returns whether it holds a command. */
static bool read_command(char *line, struct command *command)
{
    unsigned count = 0;
    if (*line != ' ' || strncmp(line, " (in-process)", 13) == 0)
        return false;
    for (char *word; (word = take_word(&line));) {
        if (count == ARGUMENTS_MAX) {
            errno = E2BIG;
            fail("plan");
        }
        command->piped = strcmp(word, "|") == 0;
        if (!command->piped)
            command->arguments[count++] = word;
    }
    command->arguments[count] = NULL;
    return count > 0;
}

static void read_plan(const char *path)
{
    static char text[PLAN_MAX];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (size < 0)
        fail(path);
    close(file);
    struct command *next = &compiler;
    char *rest = text;
    /* A word ends where the line ended: the lines have to be told apart before. */
    for (char *line; next && (line = strsep(&rest, "\n"));)
        if (read_command(line, next))
            next = next == &linker ? NULL : next == &compiler && compiler.piped ? &assembler : &linker;
    if (next) {
        errno = EINVAL;
        fail(path);
    }
}

/** Returns the file that the command makes. */
static char *output_of(const struct command *command)
{
    for (char *const *argument = command->arguments; *argument; argument++)
        if (strcmp(*argument, "-o") == 0 && argument[1])
            return argument[1];
    errno = EINVAL;
    fail("plan");
    return NULL;
}

/** @param input, output descriptors, or -1 for this process's own */
static void start(struct command *command, int input, int output)
{
    pid_t parent = getpid();
    command->pid = fork();
    if (command->pid < 0)
        fail("fork");
    if (command->pid > 0)
        return;
    /* Nothing of a compilation outlives it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    if ((input >= 0 && dup2(input, STDIN_FILENO) < 0) || (output >= 0 && dup2(output, STDOUT_FILENO) < 0))
        _exit(1);
    signal(SIGPIPE, SIG_DFL);
    execvp(command->arguments[0], command->arguments);
    fail(command->arguments[0]);
}

/** Waits for the end of the command. Says so if a signal ended it. Returns whether it succeeded. */
static bool finish(struct command *command)
{
    int status;
    while (waitpid(command->pid, &status, 0) < 0)
        if (errno != EINTR)
            fail("wait");
    if (WIFSIGNALED(status)) {
        const char *name = strrchr(command->arguments[0], '/');
        fprintf(stderr, "fatal error: %s was ended by a signal: %s\n", name ? name + 1 : command->arguments[0],
            strsignal(WTERMSIG(status)));
    }
    return status == 0;
}

/** Ends a command whose work is not wanted any more. Returns false. */
static bool dismiss(const struct command *command)
{
    kill(command->pid, SIGKILL);
    waitpid(command->pid, NULL, 0);
    return false;
}

/** Returns when the command sleeps, which is when it waits for its input. */
static void settle(const struct command *command)
{
    char path[32], text[256];
    snprintf(path, sizeof path, "/proc/%d/stat", command->pid);
    for (unsigned waited = 0; waited < SETTLE_MAX_MS; waited++) {
        int file = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t size = file < 0 ? -1 : read(file, text, sizeof text - 1);
        close(file);
        if (size <= 0)
            return;
        text[size] = 0;
        const char *state = strrchr(text, ')');
        if (!state || strncmp(state, ") S", 3) == 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

/** Starts the linker and returns when it is about to open `object`; a byte written to the descriptor lets it go on. */
static int start_linker(const char *object)
{
    int ready[2], go[2];
    char said[4096], byte;
    if (pipe2(ready, O_CLOEXEC) != 0 || pipe2(go, O_CLOEXEC) != 0)
        fail("pipe");
    /* The linker gets copies: these stay behind. */
    int to_drive = dup(ready[1]), from_drive = dup(go[0]);
    snprintf(said, sizeof said, "%d:%d:%s", to_drive, from_drive, object);
    if (to_drive < 0 || from_drive < 0 || setenv("TVM_HOLD", said, 1) != 0 || setenv("LD_PRELOAD", HOME "hold.so", 1) != 0)
        fail("hold");
    start(&linker, -1, -1);
    unsetenv("TVM_HOLD");
    unsetenv("LD_PRELOAD");
    close(to_drive);
    close(from_drive);
    close(ready[1]);
    close(go[0]);
    ssize_t heard;
    while ((heard = read(ready[0], &byte, 1)) < 0 && errno == EINTR)
        continue;
    close(ready[0]);
    if (heard != 1) {
        finish(&linker);
        exit(1);
    }
    return go[1];
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fputs("usage: drive LINKER\n", stderr);
        return 2;
    }
    read_plan(HOME "plan");
    /* A linker that died has said why. */
    signal(SIGPIPE, SIG_IGN);
    linker.arguments[0] = arguments[1];
    /* Symbols are looked up before the gate. */
    setenv("LD_BIND_NOW", "1", 1);
    const char *object = output_of(compiler.piped ? &assembler : &compiler);
    int go = start_linker(object), pipes[2] = {-1, -1};
    if (compiler.piped) {
        if (pipe2(pipes, O_CLOEXEC) != 0)
            fail("pipe");
        start(&assembler, pipes[0], -1);
        close(pipes[0]);
        settle(&assembler);
    }
    start(&compiler, -1, pipes[1]);
    if (compiler.piped)
        close(pipes[1]);
    bool compiled = finish(&compiler);
    /* What an assembler would say about half a file is of no interest. */
    if (compiler.piped && !(compiled ? finish(&assembler) : dismiss(&assembler)))
        compiled = false;
    bool linked = compiled && write(go, "", 1) == 1 ? finish(&linker) : dismiss(&linker);
    unlink(object);
    return linked ? 0 : 1;
}
