#include <clocale>
#include <codecvt>
#include <cwchar>
#include <iomanip>
#include <iostream>
#include <locale>
#include <string>

static std::u32string decoded(const std::string &text)
{
    std::u32string result;
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char lead = text[i];
        const int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t code = length == 1 ? lead : lead & (0x7f >> length);
        for (int k = 1; k < length; k++)
            code = code << 6 | (text[i + k] & 0x3f);
        result += code;
        i += length;
    }
    return result;
}

int main()
{
    std::string line;
    std::getline(std::cin, line);
    const auto text = decoded(line);
    std::cout << line.size() << ' ' << text.size() << '\n' << std::hex;
    for (const char32_t code : text)
        std::cout << "U+" << std::setw(4) << std::setfill('0') << static_cast<unsigned long>(code) << ' ';
    std::cout << '\n' << std::locale("").name() << '\n';
    std::setlocale(LC_ALL, "");
    std::wstring wide(16, L' ');
    wide.resize(std::mbstowcs(wide.data(), line.c_str(), wide.size()));
    std::cout << std::dec << wide.size() << " größe " << std::quoted("日本 \"😀\"") << '\n';
}
