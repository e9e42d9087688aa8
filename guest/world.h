/* The file system in which programs run. The agent itself stays outside, in the initramfs. */
#ifndef TVM_WORLD_H
#define TVM_WORLD_H

#include <stdbool.h>

#define WORLD "/newroot"

enum { WORLD_UID = 1000, WORLD_GID = 1000 };

/**
 * Mounts the root image that the kernel command line names (`tvm.root=vda`) and, in it, /proc, /sys and /dev.
 * Sets `*mounted` to whether there is one; none is no failure. 
 */
bool world_mount(bool *mounted);

/** Bind-mounts a file read-only over one of the world. A `target` that is no regular file of the image is left alone. */
bool world_cover(const char *source, const char *target);

#endif
