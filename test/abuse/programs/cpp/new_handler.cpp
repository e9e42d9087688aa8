#include <cstdio>
#include <cstring>
#include <new>

int main()
{
    std::puts("begun");
    std::fflush(stdout);
    std::set_new_handler([] {});
    for (;;)
        try {
            std::memset(new char[1 << 20], 1, 1 << 20);
        } catch (const std::bad_alloc &) {
            continue;
        }
}
