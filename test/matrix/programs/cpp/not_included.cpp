#include <iostream>

int main()
{
    std::unordered_map<int, int> counts;
    std::regex expression("x");
    std::cout << counts.size() << std::endl;
}
