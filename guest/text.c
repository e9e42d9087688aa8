#define _GNU_SOURCE
#include "text.h"

#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool text_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return fault(errno, "open %s", path);
    size_t size = strlen(text);
    ssize_t written = write(fd, text, size);
    int error = written < 0 ? errno : EIO;
    close(fd);
    return written == (ssize_t)size || fault(error, "write %s", path);
}

ssize_t text_read(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t have = read(fd, buffer, size - 1);
    int error = errno;
    close(fd);
    buffer[have > 0 ? have : 0] = 0;
    errno = error;
    return have;
}

bool text_option(const char *name, char *value, size_t size)
{
    char line[4096];
    size_t length = strlen(name);
    if (text_read("/proc/cmdline", line, sizeof line) < 0)
        return false;
    for (char *rest = line, *word; (word = strsep(&rest, " \n")) != NULL;)
        if (strncmp(word, name, length) == 0 && word[length] == '=')
            return snprintf(value, size, "%s", word + length + 1) < (int)size;
    return false;
}

uint64_t text_field(const char *text, const char *name, uint64_t missing)
{
    size_t size = strlen(name);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, size) == 0 && line[size] == ' ')
            return strtoull(line + size + 1, NULL, 10);
    }
    return missing;
}
