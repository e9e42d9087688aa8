#include <cstdlib>
#include <cstdio>
#include <unistd.h>

static void again()
{
    std::atexit(again);
}

struct Holder {
    ~Holder()
    {
        for (;;)
            pause();
    }
};

static Holder holder;

int main()
{
    std::puts("begun");
    std::fflush(stdout);
    std::atexit(again);
    std::exit(3);
}
