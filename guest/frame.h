/*
 * The framing of protocol/PROTOCOL.md: `u32 length, u8 type, payload`, little-endian.
 * Pure functions over memory: no system calls, so that a fuzzer can drive them.
 */
#ifndef TVM_FRAME_H
#define TVM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_PAYLOAD_MAX = 65536,
    FRAME_HEADER = 5,
    FRAME_MAX = FRAME_HEADER + FRAME_PAYLOAD_MAX,
};

/** Bytes that belong to someone else. */
struct span {
    const uint8_t *data;
    size_t size;
};

/** One complete frame; the payload lives in the reader until the next frame_reader_space. */
struct frame {
    uint8_t type;
    struct span payload;
};

/** Cuts a byte stream into frames. Zero-initialise it. */
struct frame_reader {
    size_t taken;
    size_t filled;
    uint8_t bytes[FRAME_MAX];
};

enum frame_status {
    FRAME_INCOMPLETE,
    FRAME_COMPLETE,
    FRAME_BAD_LENGTH, /* the stream has lost its frames for good */
};

/** Returns where the next bytes of the stream go and sets `*room`, which is never 0 after FRAME_INCOMPLETE. */
uint8_t *frame_reader_space(struct frame_reader *reader, size_t *room);

/** Tells the reader that `size` bytes were put into its space. */
void frame_reader_fill(struct frame_reader *reader, size_t size);

/** Takes the next frame out of the bytes at hand. */
enum frame_status frame_reader_next(struct frame_reader *reader, struct frame *frame);

/** Forgets all bytes: a stream that starts anew starts with a frame. */
void frame_reader_reset(struct frame_reader *reader);

/** Reads a payload field by field. `failed` sticks; a failed read yields 0 or an empty span. */
struct cursor {
    struct span left;
    bool failed;
};

/** Reads a u8. */
uint8_t cursor_u8(struct cursor *cursor);
/** Reads a u16. */
uint16_t cursor_u16(struct cursor *cursor);
/** Reads a u32. */
uint32_t cursor_u32(struct cursor *cursor);
/** Reads a u64. */
uint64_t cursor_u64(struct cursor *cursor);
/** Reads a `bytes` field: a u32 count and that many bytes. */
struct span cursor_bytes(struct cursor *cursor);
/** Reads a `str` field: as `bytes`, and a NUL byte in it is a failure. */
struct span cursor_str(struct cursor *cursor);
/** Takes everything that is left. */
struct span cursor_rest(struct cursor *cursor);

/** Builds one frame in a buffer of the caller. `failed` sticks when it does not fit. */
struct frame_writer {
    uint8_t *bytes;
    size_t capacity;
    size_t size;
    bool failed;
};

/** Starts a frame of the given type in `bytes`. */
struct frame_writer frame_begin(uint8_t *bytes, size_t capacity, uint8_t type);
/** Appends the `size` low bytes of an integer. */
void frame_put(struct frame_writer *writer, uint64_t value, size_t size);
/** Appends a `bytes` or `str` field. */
void frame_put_bytes(struct frame_writer *writer, const void *data, size_t size);
/** Completes the frame, `rest` more payload bytes being appended by the caller; returns its size so far, 0 on failure. */
size_t frame_end(struct frame_writer *writer, size_t rest);

#endif
