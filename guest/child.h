/* From the agent's process to the program: everything between clone and exec. */
#ifndef TVM_CHILD_H
#define TVM_CHILD_H

#include "cgroup.h"
#include "message.h"
#include "scratch.h"

#include <sys/types.h>

/**
 * Starts the program of `run` inside the control group with `scratch` behind its writable folders and `stdio` as its
 * descriptors 0 to 2, and waits until exec has succeeded or failed. Returns its process id; or -1 with a fault and `*code`
 * (ERROR_START or ERROR_INTERNAL).
 */
pid_t child_start(const struct run_message *run, const struct cgroup *group, const struct scratch *scratch,
                  const int stdio[3], enum error_code *code);

/** Sets what the limits bound per process, for a program that runs. Returns false with a fault. */
bool child_limit(pid_t pid, const struct limits *limits);

#endif
