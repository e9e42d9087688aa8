#include <cstdlib>
#include <iostream>
#include <numeric>
#include <string_view>
#include <vector>

int main(int argc, char **argv)
{
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    for (const auto argument : arguments)
        std::cout << '[' << argument << "] " << argument.size() << '\n';
    const auto total = std::accumulate(arguments.begin(), arguments.end(), std::size_t{0},
        [](std::size_t sum, std::string_view text) { return sum + text.size(); });
    std::cout << total << ' ' << std::getenv("HOME") << '\n';
}
