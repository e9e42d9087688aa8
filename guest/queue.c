#include "queue.h"

#include <string.h>

size_t queue_size(const struct queue *queue)
{
    return queue->tail - queue->head;
}

size_t queue_room(const struct queue *queue)
{
    return queue->capacity - queue_size(queue);
}

uint8_t *queue_reserve(struct queue *queue, size_t size)
{
    if (size > queue_room(queue))
        return NULL;
    if (size > queue->capacity - queue->tail) {
        memmove(queue->bytes, queue->bytes + queue->head, queue_size(queue));
        queue->tail -= queue->head;
        queue->head = 0;
    }
    return queue->bytes + queue->tail;
}

void queue_commit(struct queue *queue, size_t size)
{
    queue->tail += size;
}

const uint8_t *queue_front(const struct queue *queue)
{
    return queue->bytes + queue->head;
}

void queue_consume(struct queue *queue, size_t size)
{
    queue->head += size;
    /* Starting over at 0 makes the memmove above rare. */
    if (queue->head == queue->tail)
        queue_clear(queue);
}

void queue_clear(struct queue *queue)
{
    queue->head = queue->tail = 0;
}
