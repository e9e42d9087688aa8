/* PID 1 of a TVM microVM. See protocol/PROTOCOL.md for what it owes the host. */
#include "boot.h"
#include "cgroup.h"
#include "channel.h"
#include "fault.h"
#include "identity.h"
#include "message.h"
#include "serve.h"
#include "world.h"

#include <stdint.h>

/* The host hears the reason twice, on the channel and on the console, then sees the machine stop. */
static _Noreturn void refuse(struct channel *channel)
{
    uint8_t frame[MESSAGE_MAX];
    channel_last_words(channel, frame, message_error(frame, ERROR_SETUP, fault_text()));
    boot_abort();
}

int main(void)
{
    struct channel channel;
    bool world;
    if (!boot_mounts() || !boot_self() || !boot_modules() || !channel_open(&channel))
        boot_abort();
    boot_harden();
    boot_loopback();
    cgroup_setup();
    if (!world_mount(&world) || (world && !identity_cover()))
        refuse(&channel);
    serve(&channel, world);
}
