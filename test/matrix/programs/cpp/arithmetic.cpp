#include <bitset>
#include <cmath>
#include <complex>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>
#include <numeric>
#include <ratio>
#include <string>
#include <valarray>

static std::string factorial(int n)
{
    std::string digits = "1";
    for (int i = 2; i <= n; i++) {
        int carry = 0;
        for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
            const int value = (*digit - '0') * i + carry;
            *digit = static_cast<char>('0' + value % 10);
            carry = value / 10;
        }
        for (; carry > 0; carry /= 10)
            digits.insert(digits.begin(), static_cast<char>('0' + carry % 10));
    }
    return digits;
}

int main()
{
    std::uint32_t top = std::numeric_limits<std::uint32_t>::max();
    std::cout << top + 1u << ' ' << std::gcd(462, 1071) << ' ' << std::lcm(4, 6) << '\n';
    std::cout << factorial(30) << '\n' << std::setprecision(15) << std::sqrt(2.0) << ' ' << std::hypot(3, 4, 12) << ' '
              << std::tgamma(5.5) << '\n';
    std::cout << std::setprecision(17) << 0.1 + 0.2 << ' ' << 0.1f << ' ' << std::numeric_limits<double>::epsilon() << '\n';
    std::cout << std::setprecision(6) << std::exp(std::complex<double>(0, std::acos(-1.0))).real() << ' '
              << std::bitset<12>(2748) << ' ' << std::riemann_zeta(2.0) << '\n';
    const std::valarray<double> values{1, 2, 3, 4};
    std::cout << (values * values).sum() << ' ' << std::stoll("-9223372036854775808") << ' ' << std::stod("1e308") * 10 << '\n';
    std::cout << std::boolalpha << std::isnan(std::nan("")) << ' ' << std::fmod(-7.5, 2) << ' ' << -7 / 2 << ' ' << -7 % 2
              << ' ' << std::kilo::num << '\n';
}
