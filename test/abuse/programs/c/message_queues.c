#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

static struct {
    long type;
    char text[8000];
} message = {.type = 1};

int main(void)
{
    puts("begun");
    fflush(stdout);
    for (;;) {
        int queue = msgget(IPC_PRIVATE, 0600);
        if (queue < 0)
            return 1;
        while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0)
            ;
    }
}
