#include <cstdint>
#include <iomanip>
#include <iostream>
#include <random>

int main()
{
    std::mt19937 generator(1);
    for (int i = 0; i < 10000; i++)
        std::cout << std::setw(5) << std::setfill('0') << i << ' ' << std::hex << std::setw(8) << generator() << std::dec
                  << " abcd\n";
}
