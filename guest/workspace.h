/* FILE: the host's files in the program's work folder. */
#ifndef TVM_WORKSPACE_H
#define TVM_WORKSPACE_H

#include "message.h"
#include "scratch.h"

/**
 * Writes a file beneath the workspace, making missing folders. The program of an earlier stage may have left anything
 * there: no link is followed and nothing but regular files is opened. Returns false with a fault.
 */
bool workspace_write(const struct scratch *scratch, const struct file_message *file);

#endif
