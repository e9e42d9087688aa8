#include <utility>

// Twice as many with each step.
template <int Depth, long Branch> struct Tree {
    static constexpr long value = Tree<Depth - 1, Branch * 2>::value + Tree<Depth - 1, Branch * 2 + 1>::value;
};

template <long Branch> struct Tree<0, Branch> {
    static constexpr long value = 1;
};

using Long = std::make_index_sequence<400000000>;

int main()
{
    return Tree<60, 1>::value + Long::size();
}
