#include "frame.h"

#include <string.h>

static uint64_t little_endian(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i > 0; i--)
        value = value << 8 | bytes[i - 1];
    return value;
}

uint8_t *frame_reader_space(struct frame_reader *reader, size_t *room)
{
    if (reader->taken > 0) {
        memmove(reader->bytes, reader->bytes + reader->taken, reader->filled - reader->taken);
        reader->filled -= reader->taken;
        reader->taken = 0;
    }
    *room = sizeof reader->bytes - reader->filled;
    return reader->bytes + reader->filled;
}

void frame_reader_fill(struct frame_reader *reader, size_t size)
{
    reader->filled += size;
}

enum frame_status frame_reader_next(struct frame_reader *reader, struct frame *frame)
{
    const uint8_t *start = reader->bytes + reader->taken;
    size_t have = reader->filled - reader->taken;
    if (have < 4)
        return FRAME_INCOMPLETE;
    size_t length = little_endian(start, 4);
    if (length < 1 || length > 1 + FRAME_PAYLOAD_MAX)
        return FRAME_BAD_LENGTH;
    if (have - 4 < length)
        return FRAME_INCOMPLETE;
    frame->type = start[4];
    frame->payload = (struct span){start + FRAME_HEADER, length - 1};
    reader->taken += 4 + length;
    return FRAME_COMPLETE;
}

void frame_reader_reset(struct frame_reader *reader)
{
    reader->taken = reader->filled = 0;
}

static struct span take(struct cursor *cursor, size_t size)
{
    if (cursor->failed || size > cursor->left.size) {
        cursor->failed = true;
        return (struct span){NULL, 0};
    }
    struct span taken = {cursor->left.data, size};
    cursor->left.data += size;
    cursor->left.size -= size;
    return taken;
}

static uint64_t integer(struct cursor *cursor, size_t size)
{
    struct span bytes = take(cursor, size);
    return little_endian(bytes.data, bytes.size);
}

uint8_t cursor_u8(struct cursor *cursor)
{
    return (uint8_t)integer(cursor, 1);
}

uint16_t cursor_u16(struct cursor *cursor)
{
    return (uint16_t)integer(cursor, 2);
}

uint32_t cursor_u32(struct cursor *cursor)
{
    return (uint32_t)integer(cursor, 4);
}

uint64_t cursor_u64(struct cursor *cursor)
{
    return integer(cursor, 8);
}

struct span cursor_bytes(struct cursor *cursor)
{
    return take(cursor, cursor_u32(cursor));
}

struct span cursor_str(struct cursor *cursor)
{
    struct span text = cursor_bytes(cursor);
    if (text.size > 0 && memchr(text.data, 0, text.size) != NULL)
        cursor->failed = true;
    return text;
}

struct span cursor_rest(struct cursor *cursor)
{
    return take(cursor, cursor->left.size);
}

struct frame_writer frame_begin(uint8_t *bytes, size_t capacity, uint8_t type)
{
    struct frame_writer writer = {.bytes = bytes, .capacity = capacity};
    frame_put(&writer, 0, 4); /* the length, known at frame_end */
    frame_put(&writer, type, 1);
    return writer;
}

void frame_put(struct frame_writer *writer, uint64_t value, size_t size)
{
    if (writer->failed || size > writer->capacity - writer->size) {
        writer->failed = true;
        return;
    }
    for (size_t i = 0; i < size; i++)
        writer->bytes[writer->size++] = (uint8_t)(value >> 8 * i);
}

void frame_put_bytes(struct frame_writer *writer, const void *data, size_t size)
{
    frame_put(writer, size, 4);
    if (writer->failed || size > writer->capacity - writer->size) {
        writer->failed = true;
        return;
    }
    memcpy(writer->bytes + writer->size, data, size);
    writer->size += size;
}

size_t frame_end(struct frame_writer *writer, size_t rest)
{
    size_t length = writer->size + rest - 4;
    if (writer->failed || length > 1 + FRAME_PAYLOAD_MAX)
        return 0;
    for (size_t i = 0; i < 4; i++)
        writer->bytes[i] = (uint8_t)(length >> 8 * i);
    return writer->size;
}
