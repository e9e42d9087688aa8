#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <unistd.h>

struct Thrower {
    ~Thrower() noexcept(false)
    {
        throw 1;
    }
};

static void deny(int)
{
    throw 2;
}

int main()
{
    std::set_terminate([] {
        static int times;
        if (times++ == 0)
            std::puts("terminated");
        std::fflush(stdout);
        if (times < 20)
            raise(SIGABRT);
        std::signal(SIGABRT, SIG_DFL);
        std::abort();
    });
    std::signal(SIGABRT, deny);
    Thrower one;
    throw 0;
}
