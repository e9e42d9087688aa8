/* The small text files through which the kernel is spoken to. */
#ifndef TVM_TEXT_H
#define TVM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Writes `text` to `path` in one write, creating the file (0644) if need be. On failure records a fault. */
bool text_write(const char *path, const char *text);

/** Reads up to `size` - 1 bytes of `path` and adds a NUL. Returns their number, or -1 with errno set. */
ssize_t text_read(const char *path, char *buffer, size_t size);

/** Stores the value of `name=value` on the kernel's command line. Returns whether it is there, and fits. */
bool text_option(const char *name, char *value, size_t size);

/** Returns the number after `name` and a blank at the start of a line of `text`, or `missing`. */
uint64_t text_field(const char *text, const char *name, uint64_t missing);

#endif
