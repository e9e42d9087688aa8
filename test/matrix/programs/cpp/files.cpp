#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

int main()
{
    fs::create_directories("data/inner");
    {
        std::ofstream file("data/numbers.bin", std::ios::binary);
        for (int i = 0; i < 100; i++)
            file.write(reinterpret_cast<const char *>(&i), sizeof i);
    }
    std::ofstream("data/inner/text.txt") << "first\nsecond\n";
    std::ifstream file("data/numbers.bin", std::ios::binary);
    int number = 0;
    file.seekg(42 * sizeof number);
    file.read(reinterpret_cast<char *>(&number), sizeof number);
    std::cout << number << ' ' << fs::file_size("data/numbers.bin") << '\n';
    std::vector<std::string> found;
    for (const auto &entry : fs::recursive_directory_iterator("."))
        found.push_back(entry.path().generic_string());
    std::sort(found.begin(), found.end());
    for (const auto &path : found)
        std::cout << path << '\n';
    std::cout << fs::current_path() << ' ' << fs::remove_all("data") << '\n';
    std::cout << (std::ofstream("/etc/new") ? "written" : "refused") << '\n';
    try {
        fs::rename("missing", "other");
    } catch (const fs::filesystem_error &error) {
        std::cout << error.code().message() << '\n';
    }
}
