#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

int main(void)
{
    char line[256];
    wchar_t wide[256];
    printf("locale %s\n", setlocale(LC_ALL, ""));
    if (!fgets(line, sizeof line, stdin))
        return 1;
    line[strcspn(line, "\n")] = 0;
    size_t length = mbstowcs(wide, line, 256);
    printf("%zu bytes, %zu characters, MB_CUR_MAX %zu\n", strlen(line), length, MB_CUR_MAX);
    for (size_t i = length; i-- > 0;)
        printf("%lc", (wint_t)towupper((wint_t)wide[i]));
    printf("\n%s %zu %zu\n", u8"ünï→😀", sizeof u"😀" / sizeof(char16_t), sizeof U"😀" / sizeof(char32_t));
    return 0;
}
