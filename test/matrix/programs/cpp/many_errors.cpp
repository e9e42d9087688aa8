#include <map>
#include <string>
#include <vector>

#define FOUR(x) x x x x
#define MANY(x) FOUR(FOUR(FOUR(FOUR(FOUR(x)))))

int main()
{
    std::map<std::string, std::vector<int>> map;
    MANY(map.insert(1, "two", 3.0); map["x"] = map; undeclared++;)
}
