#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

struct Guard {
    std::string name;
    ~Guard() { std::cout << "left " << name << std::endl; }
};

class Refused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

static int deep(int level)
{
    Guard guard{"level " + std::to_string(level)};
    if (level == 0)
        throw Refused("too deep");
    return deep(level - 1);
}

int main()
{
    try {
        deep(2);
    } catch (const Refused &error) {
        std::cout << "caught " << error.what() << std::endl;
    }
    try {
        try {
            std::string().at(5);
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    } catch (const std::logic_error &error) {
        try {
            std::rethrow_if_nested(error);
        } catch (const std::out_of_range &) {
            std::cout << error.what() << " of out_of_range" << std::endl;
        }
    }
    throw Refused("nobody catches this");
}
