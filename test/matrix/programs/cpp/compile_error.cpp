#include <iostream>
#include <string>

int main()
{
    std::string text = 5 + ;
    int number = std::string("x");
    std::cout << text << missing << std::endl;
}
