#define _GLIBCXX_ASSERTIONS 1
#include <iostream>
#include <vector>

int main()
{
    std::vector<int> numbers{1, 2, 3};
    volatile std::size_t at = 3;
    std::cout << "begin" << std::endl;
    return numbers[at];
}
