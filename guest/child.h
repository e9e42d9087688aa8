/* From the agent's process to the program: everything between clone and exec. */
#ifndef TVM_CHILD_H
#define TVM_CHILD_H

#include "message.h"

#include <sys/types.h>

/**
 * Starts the program of `run` inside the control group `cgroup` with `stdio` as its descriptors 0 to 2, and waits until
 * exec has succeeded or failed. Returns its process id; or -1 with a fault and `*code` (ERROR_START or ERROR_INTERNAL).
 */
pid_t child_start(const struct run_message *run, int cgroup, const int stdio[3], enum error_code *code);

#endif
