/* A bounded first-in first-out queue of bytes whose contents are always contiguous. */
#ifndef TVM_QUEUE_H
#define TVM_QUEUE_H

#include <stddef.h>
#include <stdint.h>

struct queue {
    uint8_t *bytes;
    size_t capacity;
    size_t head;
    size_t tail;
};

/** Returns how many bytes wait in the queue. */
size_t queue_size(const struct queue *queue);

/** Returns how many more bytes the queue can take. */
size_t queue_room(const struct queue *queue);

/** Returns where `size` bytes may be written, or NULL when they do not fit. Nothing is added before queue_commit. */
uint8_t *queue_reserve(struct queue *queue, size_t size);

/** Adds the first `size` bytes of the space that queue_reserve returned last. */
void queue_commit(struct queue *queue, size_t size);

/** Returns the oldest waiting byte; queue_size bytes may be read from there. */
const uint8_t *queue_front(const struct queue *queue);

/** Removes the `size` oldest bytes; `size` must not exceed queue_size. */
void queue_consume(struct queue *queue, size_t size);

/** Removes everything. */
void queue_clear(struct queue *queue);

#endif
