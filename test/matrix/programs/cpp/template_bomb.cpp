#include <iostream>

template <int N, class Left, class Right> struct Bomb {
    using First = typename Bomb<N - 1, Bomb<N, Left, Right>, Left>::Type;
    using Second = typename Bomb<N - 1, Right, Bomb<N, Right, Left>>::Type;
    using Type = Bomb<N, First, Second>;
};

template <class Left, class Right> struct Bomb<0, Left, Right> {
    using Type = Left;
};

int main()
{
    std::cout << sizeof(Bomb<200, int, long>::Type) << std::endl;
}
