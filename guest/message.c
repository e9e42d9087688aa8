#include "message.h"

#include <string.h>

static const char *keep_text(struct message *message, struct span text)
{
    char *copy = message->text + message->text_used;
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    copy[text.size] = 0;
    message->text_used += text.size + 1;
    return copy;
}

/* Copies only what was read successfully, so the bounds argued in message.h hold for any claimed count. */
static char **keep_list(struct message *message, struct cursor *cursor)
{
    char **list = message->pointers + message->pointers_used;
    for (uint32_t count = cursor_u32(cursor); count > 0; count--) {
        struct span item = cursor_str(cursor);
        if (cursor->failed)
            break;
        message->pointers[message->pointers_used++] = (char *)keep_text(message, item);
    }
    message->pointers[message->pointers_used++] = NULL;
    return list;
}

static const char *whole(const struct cursor *cursor)
{
    if (cursor->failed)
        return "payload too short or NUL byte in a text";
    return cursor->left.size > 0 ? "trailing bytes" : NULL;
}

static bool good_hostname(struct span name)
{
    if (name.size < 1 || name.size > HOSTNAME_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (memchr("abcdefghijklmnopqrstuvwxyz0123456789-", name.data[i], 37) == NULL)
            return false;
    return true;
}

static const char *decode_init(struct cursor *cursor, struct init_message *init)
{
    init->version = cursor_u16(cursor);
    if (!cursor->failed && init->version != PROTOCOL_VERSION)
        return NULL;
    init->entropy = cursor_bytes(cursor);
    init->wall_clock_ns = cursor_u64(cursor);
    cursor_str(cursor); /* vm_id: for the host's records, of no use in here */
    struct span hostname = cursor_str(cursor);
    init->scratch_bytes = cursor_u64(cursor);
    const char *refusal = whole(cursor);
    if (refusal != NULL)
        return refusal;
    if (init->entropy.size < ENTROPY_MIN || init->entropy.size > ENTROPY_MAX)
        return "entropy is not 32 to 256 bytes";
    if (!good_hostname(hostname))
        return "bad hostname";
    memcpy(init->hostname, hostname.data, hostname.size);
    init->hostname[hostname.size] = 0;
    return NULL;
}

static bool good_path(const char *path)
{
    for (;;) {
        size_t size = strcspn(path, "/");
        if (size == 0 || (size == 1 && path[0] == '.') || (size == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        if (path[size] == 0)
            return true;
        path += size + 1;
    }
}

static const char *decode_file(struct cursor *cursor, struct message *message)
{
    struct file_message *file = &message->file;
    uint8_t flags = cursor_u8(cursor);
    file->create = flags & 1;
    file->mode = cursor_u32(cursor);
    struct span path = cursor_str(cursor);
    file->content = cursor_rest(cursor);
    const char *refusal = whole(cursor);
    if (refusal != NULL)
        return refusal;
    if (flags & ~1)
        return "unknown flag";
    if (file->mode & ~(uint32_t)0777)
        return "mode has more than permission bits";
    file->path = keep_text(message, path);
    return good_path(file->path) ? NULL : "bad path";
}

static struct limits read_limits(struct cursor *cursor)
{
    struct limits limits;
    limits.timeout_ms = cursor_u64(cursor);
    limits.memory_bytes = cursor_u64(cursor);
    limits.pids_max = cursor_u32(cursor);
    limits.output_bytes = cursor_u64(cursor);
    limits.file_bytes = cursor_u64(cursor);
    limits.open_files = cursor_u32(cursor);
    return limits;
}

/* Reads what RUN and PREPARE begin with. Texts are kept as far as they were read; check_run follows at the end. */
static void read_run(struct cursor *cursor, struct message *message, struct run_message *run)
{
    run->argv = keep_list(message, cursor);
    run->env = keep_list(message, cursor);
    run->cwd = keep_text(message, cursor_str(cursor));
    run->limits = read_limits(cursor);
}

static const char *check_run(const struct run_message *run)
{
    if (run->argv[0] == NULL)
        return "argv is empty";
    for (char **entry = run->env; *entry != NULL; entry++)
        if (**entry == '=' || strchr(*entry, '=') == NULL)
            return "env is not NAME=value";
    return run->cwd[0] == '/' ? NULL : "cwd is not absolute";
}

static const char *decode_run(struct cursor *cursor, struct message *message)
{
    read_run(cursor, message, &message->run);
    const char *refusal = whole(cursor);
    return refusal != NULL ? refusal : check_run(&message->run);
}

static const char *decode_prepare(struct cursor *cursor, struct message *message)
{
    struct prepare_message *prepare = &message->prepare;
    read_run(cursor, message, &prepare->run);
    prepare->gate = keep_text(message, cursor_str(cursor));
    prepare->count = cursor_u8(cursor);
    prepare->scratch_bytes = cursor_u64(cursor);
    const char *refusal = whole(cursor);
    if (refusal == NULL)
        refusal = check_run(&prepare->run);
    if (refusal != NULL)
        return refusal;
    if (prepare->count < 1 || prepare->count > WAITING_MAX)
        return "count is not 1 to 8";
    return good_path(prepare->gate) && strchr(prepare->gate, '/') == NULL ? NULL : "bad gate";
}

const char *message_decode(const struct frame *frame, struct message *message)
{
    struct cursor cursor = {.left = frame->payload};
    message->type = frame->type;
    message->text_used = message->pointers_used = 0;
    switch (frame->type) {
    case INIT:
        return decode_init(&cursor, &message->init);
    case FILE_WRITE:
        return decode_file(&cursor, message);
    case RUN:
        return decode_run(&cursor, message);
    case STDIN:
        message->input = cursor_rest(&cursor);
        return message->input.size > 0 ? NULL : "STDIN without data";
    case STDIN_EOF:
        return whole(&cursor);
    case SIGNAL: {
        message->signal = cursor_u8(&cursor);
        const char *refusal = whole(&cursor);
        if (refusal != NULL)
            return refusal;
        return message->signal >= 1 && message->signal <= 64 ? NULL : "no such signal";
    }
    case PREPARE:
        return decode_prepare(&cursor, message);
    case CLOCK:
        message->wall_clock_ns = cursor_u64(&cursor);
        return whole(&cursor);
    case RENEW:
        return whole(&cursor);
    case RELEASE:
        message->release = read_limits(&cursor);
        return whole(&cursor);
    default:
        return "unknown type";
    }
}

static void put_text(struct frame_writer *writer, const char *text, size_t max)
{
    frame_put_bytes(writer, text, strnlen(text, max));
}

size_t message_hello(uint8_t *out, uint16_t version, uint8_t flags, const uint8_t nonce[NONCE_SIZE],
                     const char *agent_build, const char *kernel_release)
{
    struct frame_writer writer = frame_begin(out, MESSAGE_MAX, HELLO);
    frame_put(&writer, version, 2);
    frame_put(&writer, flags, 1);
    frame_put_bytes(&writer, nonce, NONCE_SIZE);
    put_text(&writer, agent_build, 256);
    put_text(&writer, kernel_release, 256);
    return frame_end(&writer, 0);
}

size_t message_ready(uint8_t *out, uint8_t flags, const uint8_t nonce[NONCE_SIZE])
{
    struct frame_writer writer = frame_begin(out, MESSAGE_MAX, READY);
    frame_put(&writer, flags, 1);
    frame_put_bytes(&writer, nonce, NONCE_SIZE);
    return frame_end(&writer, 0);
}

size_t message_waiting(uint8_t *out, enum guest_type type, uint8_t count)
{
    struct frame_writer writer = frame_begin(out, MESSAGE_MAX, type);
    frame_put(&writer, count, 1);
    return frame_end(&writer, 0);
}

size_t message_started(uint8_t *out)
{
    struct frame_writer writer = frame_begin(out, MESSAGE_MAX, STARTED);
    return frame_end(&writer, 0);
}

size_t message_output(uint8_t *out, enum output_stream stream, size_t size)
{
    struct frame_writer writer = frame_begin(out, OUTPUT_HEADER, OUTPUT);
    frame_put(&writer, stream, 1);
    return frame_end(&writer, size);
}

size_t message_exit(uint8_t *out, const struct exit_report *report)
{
    struct frame_writer writer = frame_begin(out, MESSAGE_MAX, EXIT);
    frame_put(&writer, report->cause, 1);
    frame_put(&writer, report->exit_code, 1);
    frame_put(&writer, report->signal, 1);
    frame_put(&writer, report->flags, 1);
    frame_put(&writer, report->wall_us, 8);
    frame_put(&writer, report->user_us, 8);
    frame_put(&writer, report->system_us, 8);
    frame_put(&writer, report->memory_peak_bytes, 8);
    return frame_end(&writer, 0);
}

size_t message_error(uint8_t *out, uint16_t code, const char *text)
{
    struct frame_writer writer = frame_begin(out, MESSAGE_MAX, ERROR);
    frame_put(&writer, code, 2);
    put_text(&writer, text, ERROR_TEXT_MAX);
    return frame_end(&writer, 0);
}
