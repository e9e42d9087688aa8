#include <iostream>
#include <list>
#include <memory>
#include <numeric>
#include <vector>

int main()
{
    {
        std::vector<std::vector<int>> rows(70, std::vector<int>(1 << 18, 1));
        long sum = 0;
        for (const auto &row : rows)
            sum += std::accumulate(row.begin(), row.end(), 0L);
        std::cout << sum << std::endl;
    }
    std::list<std::shared_ptr<int>> nodes;
    for (int i = 0; i < 300000; i++)
        nodes.push_back(std::make_shared<int>(i));
    std::cout << *nodes.back() << ' ' << nodes.front().use_count() << std::endl;
}
