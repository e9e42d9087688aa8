#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void show(const char *zone, time_t time)
{
    char text[64];
    setenv("TZ", zone, 1);
    tzset();
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z %a", localtime(&time));
    printf("%s: %s\n", zone, text);
}

int main(void)
{
    time_t now = time(NULL), then = 1700000000;
    struct tm *plain = localtime(&now), *utc;
    int hour = plain->tm_hour;
    utc = gmtime(&now);
    printf("UTC by default: %s\n", hour == utc->tm_hour ? "yes" : "no");
    show("Europe/Berlin", then);
    show("America/New_York", then);
    show("Asia/Kolkata", then);
    struct tm date = {.tm_year = 124, .tm_mon = 1, .tm_mday = 30};
    setenv("TZ", "UTC", 1);
    tzset();
    time_t normal = mktime(&date);
    printf("%ld %d %d\n", (long)normal, date.tm_mon, date.tm_mday);
    printf("%s %s\n", setlocale(LC_ALL, ""), localeconv()->decimal_point);
    printf("%s\n", now > 1790000000 ? "the clock is right" : "the clock is wrong");
    return 0;
}
