#include <iostream>
#include <string>
#include <vector>

int main()
{
    std::cout << "begin" << std::endl;
    std::vector<std::string> all;
    for (;;)
        all.emplace_back(1 << 20, 'x');
}
