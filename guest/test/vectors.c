/*
 * Holds frame.c and message.c against protocol/gen-2.vectors (argv[1]): host frames decode or are refused, whole and byte
 * by byte; guest frames come out of the encoders again as they stand there.
 * cc -std=gnu17 -Wall -Wextra -Werror -fsanitize=address,undefined -o vectors test/vectors.c frame.c message.c
 */
#include "../message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct frame_reader reader;
static struct message message;

/* Returns why the bytes are refused, or NULL. They arrive `step` at a time, in buffers that end where they end. */
static const char *decode(const uint8_t *bytes, size_t size, size_t step)
{
    struct frame frame;
    enum frame_status status = FRAME_INCOMPLETE;
    frame_reader_reset(&reader);
    for (size_t at = 0; at < size && status == FRAME_INCOMPLETE; at += step) {
        size_t room, part = size - at < step ? size - at : step;
        uint8_t *space = frame_reader_space(&reader, &room);
        if (part > room)
            return "no room";
        memcpy(space, bytes + at, part);
        frame_reader_fill(&reader, part);
        status = frame_reader_next(&reader, &frame);
        if (status == FRAME_COMPLETE && at + part < size)
            return "complete too early";
    }
    if (status != FRAME_COMPLETE)
        return status == FRAME_INCOMPLETE ? "incomplete" : "bad length";
    if (frame.payload.size != size - FRAME_HEADER ||
        memcmp(frame.payload.data, bytes + FRAME_HEADER, frame.payload.size) != 0)
        return "another payload";
    /* A copy of its own lets the sanitizer see a read past the payload. */
    uint8_t *copy = malloc(frame.payload.size + 1);
    memcpy(copy, frame.payload.data, frame.payload.size);
    struct frame exact = {frame.type, {realloc(copy, frame.payload.size > 0 ? frame.payload.size : 1), frame.payload.size}};
    const char *refusal = message_decode(&exact, &message);
    free((void *)exact.payload.data);
    return refusal;
}

/* Sums up everything that was decoded into the message's own memory, so that two ways of decoding can be compared. */
static uint64_t digest(void)
{
    uint64_t sum = message.type + 31 * message.text_used + 37 * message.pointers_used;
    for (size_t i = 0; i < message.text_used; i++)
        sum = sum * 1099511628211u + (uint8_t)message.text[i];
    return sum;
}

static bool host_frame(const uint8_t *bytes, size_t size, bool ok)
{
    const char *whole = decode(bytes, size, size);
    uint64_t sum = digest();
    const char *bytewise = decode(bytes, size, 1);
    return (whole == NULL) == ok && (bytewise == NULL) == ok && (!ok || sum == digest());
}

static char *text(struct cursor *cursor)
{
    struct span span = cursor_str(cursor);
    char *copy = calloc(1, span.size + 1);
    if (span.size > 0)
        memcpy(copy, span.data, span.size);
    return copy;
}

static size_t encode_exit(struct cursor *cursor, uint8_t *out)
{
    struct exit_report report;
    report.cause = cursor_u8(cursor);
    report.exit_code = cursor_u8(cursor);
    report.signal = cursor_u8(cursor);
    report.flags = cursor_u8(cursor);
    report.wall_us = cursor_u64(cursor);
    report.user_us = cursor_u64(cursor);
    report.system_us = cursor_u64(cursor);
    report.memory_peak_bytes = cursor_u64(cursor);
    return message_exit(out, &report);
}

static size_t encode_hello(struct cursor *cursor, uint8_t *out)
{
    uint16_t version = cursor_u16(cursor);
    uint8_t flags = cursor_u8(cursor);
    struct span nonce = cursor_bytes(cursor);
    char *build = text(cursor), *release = text(cursor);
    size_t size = nonce.size == NONCE_SIZE ? message_hello(out, version, flags, nonce.data, build, release) : 0;
    free(build);
    free(release);
    return size;
}

static size_t encode_error(struct cursor *cursor, uint8_t *out)
{
    uint16_t code = cursor_u16(cursor);
    char *reason = text(cursor);
    size_t size = message_error(out, code, reason);
    free(reason);
    return size;
}

/* Reads the fields of a guest frame and encodes them anew. */
static size_t encode_again(uint8_t type, struct cursor *cursor, uint8_t *out)
{
    switch (type) {
    case HELLO:
        return encode_hello(cursor, out);
    case READY: {
        uint8_t flags = cursor_u8(cursor);
        return message_ready(out, flags, cursor_bytes(cursor).data);
    }
    case PREPARED:
    case RENEWED:
        return message_waiting(out, type, cursor_u8(cursor));
    case STARTED:
        return message_started(out);
    case OUTPUT: {
        enum output_stream stream = cursor_u8(cursor);
        struct span data = cursor_rest(cursor);
        size_t head = message_output(out, stream, data.size);
        memcpy(out + head, data.data, data.size);
        return head + data.size;
    }
    case EXIT:
        return encode_exit(cursor, out);
    case ERROR:
        return encode_error(cursor, out);
    default:
        return 0;
    }
}

static bool guest_frame(const uint8_t *bytes, size_t size)
{
    uint8_t out[MESSAGE_MAX];
    struct cursor cursor = {.left = {bytes + FRAME_HEADER, size - FRAME_HEADER}};
    return encode_again(bytes[4], &cursor, out) == size && memcmp(out, bytes, size) == 0;
}

static bool check(const uint8_t *bytes, size_t size, bool ok)
{
    bool for_host = size > 4 && bytes[4] >= 0x40;
    if (for_host && ok)
        return guest_frame(bytes, size) && host_frame(bytes, size, false);
    return host_frame(bytes, size, ok);
}

static size_t from_hexadecimal(const char *digits, uint8_t *bytes, size_t capacity)
{
    size_t size = 0;
    for (unsigned byte; size < capacity && sscanf(digits, "%2x", &byte) == 1; digits += 2)
        bytes[size++] = (uint8_t)byte;
    return size;
}

int main(int argc, char **argv)
{
    static char line[8192];
    static uint8_t bytes[4096];
    int passed = 0, failed = 0;
    FILE *vectors = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (vectors == NULL) {
        fprintf(stderr, "usage: vectors gen-2.vectors\n");
        return 2;
    }
    while (fgets(line, sizeof line, vectors) != NULL) {
        char *name = strtok(line, "\t\n"), *digits = strtok(NULL, "\t\n"), *verdict = strtok(NULL, "\t\n");
        if (name == NULL || *name == '#')
            continue;
        size_t size = digits != NULL ? from_hexadecimal(digits, bytes, sizeof bytes) : 0;
        bool good = verdict != NULL && size * 2 == strlen(digits) && check(bytes, size, strcmp(verdict, "ok") == 0);
        good ? passed++ : failed++;
        if (!good)
            printf("FAILED %s\n", name);
    }
    fclose(vectors);
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
