#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

int main()
{
    std::map<std::string, int> counts;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        for (std::string word; words >> word;) {
            std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
            ++counts[word];
        }
    }
    std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    for (const auto &[word, count] : sorted)
        std::cout << word << ' ' << count << '\n';
}
