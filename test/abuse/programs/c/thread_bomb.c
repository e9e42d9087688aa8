#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int begin;

static void *spin(void *nothing)
{
    (void)nothing;
    nice(-20);
    while (!begin)
        usleep(10000);
    for (;;)
        ;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int made = 0, error;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 16);
    while ((error = pthread_create(&thread, &attributes, spin, NULL)) == 0)
        made++;
    printf("%s: %s\n", made > 0 && made < 40000 ? "some threads" : "ESCAPED", strerror(error));
    fflush(stdout);
    begin = 1;
    /* The first thread ends, the process does not. */
    pthread_exit(NULL);
}
