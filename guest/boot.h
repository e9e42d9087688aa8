/* What PID 1 owes the kernel before it serves anyone. */
#ifndef TVM_BOOT_H
#define TVM_BOOT_H

#include <stdbool.h>

enum { AGENT_NICE = -20 /* the agent's, as nice(1) counts */ };

/** Mounts /dev, /proc, /sys and the control groups, and gives the agent file descriptors 0 to 2. */
bool boot_mounts(void);

/** Loads the modules that /modules/order names, if that file exists. */
bool boot_modules(void);

/** Closes kernel doors that no program needs; best effort, since kernels differ in which of them they have. */
void boot_harden(void);

/** Brings the loopback device up; best effort, since a kernel may have no network. */
void boot_loopback(void);

/** Makes the agent hard to starve or kill: priority, OOM score, signals, no capabilities for what it starts. */
bool boot_self(void);

/** Prints the latest fault on the console and stops the machine. */
_Noreturn void boot_abort(void);

#endif
