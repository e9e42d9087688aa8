#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <sstream>

static void show(const char *zone, std::time_t time)
{
    setenv("TZ", zone, 1);
    tzset();
    std::cout << zone << ": " << std::put_time(std::localtime(&time), "%F %T %Z %A") << '\n';
}

int main()
{
    using namespace std::chrono;
    const auto now = system_clock::now();
    const auto start = steady_clock::now();
    show("Europe/Berlin", 1700000000);
    show("Australia/Lord_Howe", 1700000000);
    show("UTC", 1709164800);
    std::tm parsed{};
    std::istringstream("2024-02-29 12:30:00") >> std::get_time(&parsed, "%Y-%m-%d %H:%M:%S");
    std::cout << timegm(&parsed) << ' ' << duration_cast<minutes>(36h + 30min).count() << '\n';
    std::cout << (now > system_clock::from_time_t(1790000000) ? "right" : "wrong") << ' '
              << (steady_clock::now() >= start ? "forward" : "back") << '\n';
}
