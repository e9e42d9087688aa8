#include <iostream>

template <int N> struct Next {
    static constexpr int value = Next<N + 1>::value;
};

int main()
{
    std::cout << Next<0>::value << std::endl;
}
