#include <iostream>

void Main()
{
    std::cout << "never" << std::endl;
}
