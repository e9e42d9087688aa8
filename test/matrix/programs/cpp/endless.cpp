#include <iostream>
#include <thread>

int main()
{
    std::cout << "begin" << std::endl;
    for (;;)
        std::this_thread::yield();
}
