#include "serve.h"

#include "cgroup.h"
#include "clock.h"
#include "fault.h"
#include "identity.h"
#include "message.h"
#include "stage.h"
#include "waiting.h"
#include "workspace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef TVM_AGENT_BUILD
#define TVM_AGENT_BUILD "dev"
#endif

enum {
    AWAY_MS = 20,
    CONTROL_ROOM = 16 << 10, /* for frames other than OUTPUT, on top of what OUTPUT_PAUSE lets accumulate */
    FRAMES_CAPACITY = OUTPUT_PAUSE + 2 * FRAME_MAX + CONTROL_ROOM,
    POLL_SIGNALS = 0,
    POLL_CHANNEL = 1,
    POLL_LISTENER = 2,
    POLL_PIPES = 3,
    POLL_COUNT = POLL_PIPES + PIPES_POLL,
};

static struct {
    struct channel channel;
    int signals;
    bool world;
    bool prepared;
    bool init_seen;
    bool ready;
    bool away;  /* the host has closed its side: poll would return at once, again and again */
    bool spoke; /* the host has been sent something since it called: another one must not hear the rest of a frame */
    bool deaf;  /* the host's stream has lost its frames: skip it until the host comes anew */
    uint8_t nonce[NONCE_SIZE];
    uint8_t frame_bytes[FRAMES_CAPACITY];
    struct queue frames;
    struct frame_reader reader;
    struct message message;
    struct stage stage;
    uint64_t scratch_bytes;
    struct scratch scratch;  /* where FILE and RUN work */
    bool touched;            /* FILE has written to the scratch */
    struct waiting *waiting; /* the program that RELEASE lets go on; the scratch is its own */
} agent;

/* Returns where to encode a frame other than OUTPUT. There is room: handle_frames and stage_advance see to it. */
static uint8_t *slot(void)
{
    return queue_reserve(&agent.frames, MESSAGE_MAX);
}

static void send_error(enum error_code code, const char *text)
{
    queue_commit(&agent.frames, message_error(slot(), code, text));
}

static void send_hello(void)
{
    struct utsname name;
    uname(&name);
    identity_nonce(agent.nonce);
    queue_commit(&agent.frames, message_hello(slot(), PROTOCOL_VERSION, agent.world ? HELLO_ROOT_MOUNTED : 0,
                                              agent.nonce, TVM_AGENT_BUILD, name.release));
}

/* The programs that wait have a scratch each; one of them is the first to go on. */
static bool ready_scratch(void)
{
    if (waiting_count() == 0)
        return scratch_make(&agent.scratch, agent.scratch_bytes);
    agent.waiting = waiting_first();
    agent.scratch = agent.waiting->scratch;
    return waiting_resize(agent.scratch_bytes);
}

static void on_init(const struct init_message *init)
{
    uint8_t flags;
    if (init->version != PROTOCOL_VERSION) {
        send_error(ERROR_VERSION, "the agent speaks version 2");
        return;
    }
    if (agent.init_seen) {
        send_error(ERROR_FRAME, "second INIT");
        return;
    }
    agent.init_seen = true;
    agent.scratch_bytes = init->scratch_bytes;
    if (!identity_assume(init, agent.world, &flags) || (agent.world && !ready_scratch())) {
        send_error(ERROR_SETUP, fault_text());
        return;
    }
    agent.ready = true;
    queue_commit(&agent.frames, message_ready(slot(), flags, agent.nonce));
}

static void on_prepare(const struct prepare_message *prepare)
{
    if (agent.init_seen || agent.prepared) {
        send_error(ERROR_FRAME, "PREPARE after INIT or PREPARE");
        return;
    }
    agent.prepared = true;
    if (!agent.world)
        send_error(ERROR_START, "no root file system");
    else if (!identity_turn_back_clock() || !waiting_start(prepare))
        send_error(ERROR_SETUP, fault_text());
    else
        queue_commit(&agent.frames, message_waiting(slot(), PREPARED, (uint8_t)waiting_count()));
}

static void on_renew(void)
{
    if (agent.touched && agent.waiting != NULL) {
        send_error(ERROR_FRAME, "RENEW after FILE for a program that waits");
        return;
    }
    agent.touched = false;
    if (agent.waiting == NULL)
        scratch_drop(&agent.scratch);
    agent.waiting = waiting_keep_one();
    if (agent.waiting != NULL) {
        agent.scratch = agent.waiting->scratch;
        scratch_touch(&agent.scratch);
    } else if (!scratch_make(&agent.scratch, agent.scratch_bytes)) {
        send_error(ERROR_SETUP, fault_text());
        return;
    }
    queue_commit(&agent.frames, message_waiting(slot(), RENEWED, agent.waiting != NULL));
}

static void on_file(const struct file_message *file)
{
    bool written = agent.waiting != NULL && waiting_is_gate(agent.waiting, file->path)
                       ? waiting_write_gate(agent.waiting, file)
                       : workspace_write(&agent.scratch, file);
    agent.touched = true;
    if (!written)
        send_error(ERROR_FILE, fault_text());
}

static void write_channel(void)
{
    while (queue_size(&agent.frames) > 0) {
        ssize_t written = write(agent.channel.stream, queue_front(&agent.frames), queue_size(&agent.frames));
        if (written <= 0)
            return;
        agent.spoke = true;
        queue_consume(&agent.frames, (size_t)written);
    }
}

static void begin(const struct program *program, bool waited, uint64_t timeout_ms)
{
    stage_begin(&agent.stage, program, waited, timeout_ms);
    queue_commit(&agent.frames, message_started(slot()));
}

static void on_run(const struct run_message *run)
{
    struct program program;
    if (agent.waiting != NULL)
        waiting_dismiss(agent.waiting);
    agent.waiting = NULL;
    enum error_code code = program_start(&program, run, &agent.scratch);
    if (code != ERROR_NONE)
        send_error(code, fault_text());
    else
        begin(&program, false, run->limits.timeout_ms);
}

static void on_release(const struct limits *limits)
{
    struct waiting *waiting = agent.waiting;
    agent.waiting = NULL;
    if (waiting == NULL)
        send_error(ERROR_FRAME, "RELEASE without a program that waits");
    else if (!waiting_is_alive(waiting))
        send_error(ERROR_INTERNAL, "the program that waited is dead");
    else if (!program_limit(&waiting->program, limits))
        send_error(ERROR_INTERNAL, fault_text());
    else {
        /* The host must know before the first thing that the program does: a host that does not may run it elsewhere. */
        begin(&waiting->program, true, limits->timeout_ms);
        write_channel();
        if (!waiting_release(waiting))
            send_error(ERROR_INTERNAL, fault_text());
    }
}

static void on_clock(uint64_t wall_clock_ns)
{
    if (!identity_set_clock(wall_clock_ns))
        send_error(ERROR_SETUP, fault_text());
}

static void on_work(const struct message *message)
{
    if (!agent.ready)
        send_error(ERROR_FRAME, "work before READY");
    else if (agent.stage.phase != STAGE_NONE)
        send_error(ERROR_FRAME, "work while a program runs");
    else if (!agent.world)
        send_error(message->type == FILE_WRITE ? ERROR_FILE : ERROR_START, "no root file system");
    else if (message->type == FILE_WRITE)
        on_file(&message->file);
    else if (message->type == CLOCK)
        on_clock(message->wall_clock_ns);
    else if (message->type == RUN)
        on_run(&message->run);
    else if (message->type == RELEASE)
        on_release(&message->release);
    else
        on_renew();
}

static void on_stage(const struct message *message)
{
    if (agent.stage.phase != STAGE_RUNNING)
        return; /* it crossed the end of its stage */
    bool fine = true;
    if (message->type == STDIN)
        fine = pipes_input(&agent.stage.program.pipes, message->input);
    else if (message->type == STDIN_EOF)
        fine = pipes_input_end(&agent.stage.program.pipes);
    else
        cgroup_signal(&agent.stage.program.group, message->signal);
    if (!fine)
        send_error(ERROR_FRAME, fault_text());
}

static void on_frame(const struct frame *frame)
{
    const char *refusal = message_decode(frame, &agent.message);
    if (refusal != NULL)
        send_error(ERROR_FRAME, refusal);
    else if (agent.message.type == INIT)
        on_init(&agent.message.init);
    else if (agent.message.type == PREPARE)
        on_prepare(&agent.message.prepare);
    else if (agent.message.type == STDIN || agent.message.type == STDIN_EOF || agent.message.type == SIGNAL)
        on_stage(&agent.message);
    else
        on_work(&agent.message);
}

/* Each frame is answered with one frame at most; without room for one the host's frames have to wait. */
static bool room_for_answer(void)
{
    return queue_room(&agent.frames) >= 2 * MESSAGE_MAX;
}

/* Returns whether frames may be left because there was no room. */
static bool handle_frames(void)
{
    struct frame frame;
    while (!agent.deaf) {
        if (!room_for_answer())
            return true;
        enum frame_status status = frame_reader_next(&agent.reader, &frame);
        if (status == FRAME_INCOMPLETE)
            return false;
        if (status == FRAME_COMPLETE) {
            on_frame(&frame);
        } else {
            send_error(ERROR_FRAME, "bad length");
            agent.deaf = true;
        }
    }
    return false;
}

/* The stream begins anew on both sides. */
static void forget_host(void)
{
    frame_reader_reset(&agent.reader);
    if (agent.spoke)
        queue_clear(&agent.frames);
    agent.spoke = false;
    agent.deaf = false;
    agent.away = false;
}

static void read_channel(void)
{
    size_t room;
    if (agent.deaf)
        frame_reader_reset(&agent.reader);
    uint8_t *space = frame_reader_space(&agent.reader, &room);
    if (room == 0)
        return;
    ssize_t have = read(agent.channel.stream, space, room);
    bool ended = have == 0 || (have < 0 && errno != EAGAIN && errno != EINTR);
    if (ended && channel_hang_up(&agent.channel)) {
        forget_host();
        return;
    }
    agent.away = have == 0;
    if (have > 0) {
        frame_reader_fill(&agent.reader, (size_t)have);
    } else if (have == 0) {
        frame_reader_reset(&agent.reader);
        agent.deaf = false;
    }
}

static void reap(void)
{
    struct signalfd_siginfo info[16];
    while (read(agent.signals, info, sizeof info) == sizeof info)
        ;
    int status;
    struct rusage usage;
    for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, &usage)) > 0;) {
        /* A program may make the agent its tracer (PTRACE_TRACEME): its stops are no ends. */
        if (WIFSTOPPED(status))
            continue;
        if (agent.stage.phase != STAGE_NONE)
            program_reaped(&agent.stage.program, pid, status, &usage);
        waiting_reaped(pid, status, &usage);
    }
}

static int wait_ms(void)
{
    int stage = stage_timeout(&agent.stage);
    return agent.away && (stage < 0 || stage > AWAY_MS) ? AWAY_MS : stage;
}

static void wait_and_move(void)
{
    struct pollfd polled[POLL_COUNT];
    bool listening = agent.deaf || room_for_answer();
    short events = (listening ? POLLIN : 0) | (queue_size(&agent.frames) > 0 ? POLLOUT : 0);
    polled[POLL_SIGNALS] = (struct pollfd){.fd = agent.signals, .events = POLLIN};
    polled[POLL_CHANNEL] = (struct pollfd){.fd = agent.away ? -1 : agent.channel.stream, .events = events};
    polled[POLL_LISTENER] = (struct pollfd){.fd = agent.channel.listener, .events = POLLIN};
    if (agent.stage.phase == STAGE_NONE)
        for (int i = POLL_PIPES; i < POLL_COUNT; i++)
            polled[i] = (struct pollfd){.fd = -1};
    else
        pipes_poll(&agent.stage.program.pipes, polled + POLL_PIPES, &agent.frames);
    if (poll(polled, POLL_COUNT, wait_ms()) < 0)
        return;
    if (agent.stage.phase != STAGE_NONE)
        pipes_handle(&agent.stage.program.pipes, polled + POLL_PIPES, &agent.frames);
    if (polled[POLL_SIGNALS].revents != 0)
        reap();
    if (polled[POLL_CHANNEL].revents & (POLLHUP | POLLERR))
        agent.away = true;
    if (agent.away || polled[POLL_CHANNEL].revents & POLLIN)
        read_channel();
    if (polled[POLL_LISTENER].revents != 0 && channel_answer(&agent.channel))
        forget_host();
}

_Noreturn void serve(const struct channel *channel, bool world)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    agent.channel = *channel;
    agent.world = world;
    agent.signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    agent.frames = (struct queue){.bytes = agent.frame_bytes, .capacity = sizeof agent.frame_bytes};
    send_hello();
    for (;;) {
        bool left = handle_frames();
        if (!stage_advance(&agent.stage, &agent.frames))
            send_error(ERROR_INTERNAL, fault_text());
        write_channel();
        /* No event announces frames that were read already. */
        if (!left || !room_for_answer())
            wait_and_move();
    }
}
