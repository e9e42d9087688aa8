/*
 * The messages of protocol/PROTOCOL.md, generation 2: strict decoding of what the host sends, encoding of what
 * the agent says. Pure functions over memory, as frame.h.
 */
#ifndef TVM_MESSAGE_H
#define TVM_MESSAGE_H

#include "frame.h"

enum {
    PROTOCOL_VERSION = 2,
    WAITING_MAX = 8,
    NONCE_SIZE = 16,
    HOSTNAME_MAX = 63,
    ENTROPY_MIN = 32,
    ENTROPY_MAX = 256,
    ERROR_TEXT_MAX = 512,
    MESSAGE_MAX = 1024,                   /* any frame the agent sends, OUTPUT aside, fits */
    OUTPUT_HEADER = FRAME_HEADER + 1,
    OUTPUT_DATA_MAX = FRAME_PAYLOAD_MAX - 1,
};

enum host_type {
    INIT = 0x01,
    FILE_WRITE = 0x02,
    RUN = 0x03,
    STDIN = 0x04,
    STDIN_EOF = 0x05,
    SIGNAL = 0x06,
    PREPARE = 0x07,
    RENEW = 0x08,
    RELEASE = 0x09,
    CLOCK = 0x0a,
};

enum guest_type {
    HELLO = 0x41,
    READY = 0x42,
    STARTED = 0x43,
    OUTPUT = 0x44,
    EXIT = 0x45,
    ERROR = 0x46,
    PREPARED = 0x47,
    RENEWED = 0x48,
};

enum hello_flag { HELLO_ROOT_MOUNTED = 1 };

enum ready_flag { READY_RESEEDED = 1, READY_CLOCK = 2, READY_HOSTNAME = 4 };

enum output_stream { STREAM_STDOUT = 1, STREAM_STDERR = 2 };

enum exit_flag { EXIT_STDOUT_TRUNCATED = 1, EXIT_STDERR_TRUNCATED = 2 };

enum cause { CAUSE_EXITED, CAUSE_SIGNALLED, CAUSE_TIME, CAUSE_MEMORY, CAUSE_OUTPUT };

enum error_code {
    ERROR_NONE = 0, /* never sent */
    ERROR_FRAME = 1,
    ERROR_VERSION = 2,
    ERROR_FILE = 3,
    ERROR_START = 4,
    ERROR_INTERNAL = 5,
    ERROR_SETUP = 6,
};

/** INIT. When `version` is not PROTOCOL_VERSION the other fields are unset: their layout is unknown. */
struct init_message {
    uint16_t version;
    struct span entropy;
    uint64_t wall_clock_ns;
    char hostname[HOSTNAME_MAX + 1];
    uint64_t scratch_bytes;
};

/** FILE. */
struct file_message {
    bool create;
    uint32_t mode;
    const char *path;
    struct span content;
};

/** What a program may use. */
struct limits {
    uint64_t timeout_ms;
    uint64_t memory_bytes;
    uint32_t pids_max;
    uint64_t output_bytes;
    uint64_t file_bytes;
    uint32_t open_files;
};

/** RUN. The vectors end with NULL. */
struct run_message {
    char **argv;
    char **env;
    const char *cwd;
    struct limits limits;
};

/** PREPARE. */
struct prepare_message {
    struct run_message run;
    const char *gate;
    uint8_t count;
    uint64_t scratch_bytes;
};

/** A decoded host frame. Its spans point into the payload, its strings and vectors into itself: do not copy it. */
struct message {
    enum host_type type;
    union {
        struct init_message init;
        struct file_message file;
        struct run_message run;
        struct prepare_message prepare;
        struct limits release;
        uint64_t wall_clock_ns;
        struct span input;
        uint8_t signal;
    };
    /* Every str costs its length and 4 bytes of payload, so its copy with a NUL and its pointer always fit. */
    size_t text_used;
    char text[FRAME_PAYLOAD_MAX];
    size_t pointers_used;
    char *pointers[FRAME_PAYLOAD_MAX / 4 + 2];
};

/** Decodes a host frame strictly. Returns NULL, or the reason for which the frame is refused. */
const char *message_decode(const struct frame *frame, struct message *message);

/** Encodes HELLO into MESSAGE_MAX bytes; over-long texts are cut. Returns the frame's size. */
size_t message_hello(uint8_t *out, uint16_t version, uint8_t flags, const uint8_t nonce[NONCE_SIZE],
                     const char *agent_build, const char *kernel_release);

/** Encodes READY into MESSAGE_MAX bytes. Returns the frame's size. */
size_t message_ready(uint8_t *out, uint8_t flags, const uint8_t nonce[NONCE_SIZE]);

/** Encodes PREPARED or RENEWED, which say how many programs wait, into MESSAGE_MAX bytes. Returns the frame's size. */
size_t message_waiting(uint8_t *out, enum guest_type type, uint8_t count);

/** Encodes STARTED into MESSAGE_MAX bytes. Returns the frame's size. */
size_t message_started(uint8_t *out);

/** Encodes the head of an OUTPUT frame into OUTPUT_HEADER bytes; `size` (1 … OUTPUT_DATA_MAX) bytes of data follow it. */
size_t message_output(uint8_t *out, enum output_stream stream, size_t size);

/** What EXIT says. */
struct exit_report {
    uint8_t cause;
    uint8_t exit_code;
    uint8_t signal;
    uint8_t flags;
    uint64_t wall_us;
    uint64_t user_us;
    uint64_t system_us;
    uint64_t memory_peak_bytes;
};

/** Encodes EXIT into MESSAGE_MAX bytes. Returns the frame's size. */
size_t message_exit(uint8_t *out, const struct exit_report *report);

/** Encodes ERROR into MESSAGE_MAX bytes; an over-long text is cut. Returns the frame's size. */
size_t message_error(uint8_t *out, uint16_t code, const char *text);

#endif
