#include <cstdlib>
#include <iostream>

struct Global {
    Global() { std::cout << "made\n"; }
    ~Global() { std::cout << "destroyed\n"; }
} global;

int main()
{
    std::atexit([] { std::cout << "at exit\n"; });
    std::cerr << "to stderr\n";
    std::exit(7);
}
