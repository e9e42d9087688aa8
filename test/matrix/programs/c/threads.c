#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <threads.h>

enum { THREADS = 8, STEPS = 20000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long locked;
static atomic_long counted;
static int turn;
static _Thread_local int own;

static void *work(void *argument)
{
    int number = (int)(long)argument;
    for (int i = 0; i < STEPS; i++) {
        pthread_mutex_lock(&lock);
        locked++;
        pthread_mutex_unlock(&lock);
        atomic_fetch_add(&counted, 1);
        own++;
    }
    pthread_mutex_lock(&lock);
    while (turn != number)
        pthread_cond_wait(&changed, &lock);
    printf("thread %d did %d\n", number, own);
    turn++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return argument;
}

static int standard(void *argument)
{
    return *(int *)argument + 1;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)i) != 0)
            return 1;
    long sum = 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    thrd_t thread;
    int value = 6, result = 0;
    thrd_create(&thread, standard, &value);
    thrd_join(thread, &result);
    printf("%ld %ld %ld %d\n", locked, atomic_load(&counted), sum, result);
    return 0;
}
