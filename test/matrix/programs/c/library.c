#include <ctype.h>
#include <regex.h>
#include <search.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int sum(int count, ...)
{
    va_list list;
    int total = 0;
    va_start(list, count);
    while (count-- > 0)
        total += va_arg(list, int);
    va_end(list);
    return total;
}

int main(void)
{
    int numbers[] = {5, 3, 9, 1, 7}, key = 7;
    qsort(numbers, 5, sizeof *numbers, compare);
    int *found = bsearch(&key, numbers, 5, sizeof *numbers, compare);
    printf("%d at %td, sum %d\n", *found, found - numbers, sum(3, 1, 2, 3));

    regex_t expression;
    regmatch_t parts[3];
    const char *text = "mail to someone@example.org now";
    regcomp(&expression, "([a-z]+)@([a-z.]+)", REG_EXTENDED);
    if (regexec(&expression, text, 3, parts, 0) == 0)
        printf("%.*s at %.*s\n", (int)(parts[1].rm_eo - parts[1].rm_so), text + parts[1].rm_so,
            (int)(parts[2].rm_eo - parts[2].rm_so), text + parts[2].rm_so);
    regfree(&expression);

    char copy[] = "a,b;c", *rest = copy, *buffer;
    size_t size;
    FILE *stream = open_memstream(&buffer, &size);
    for (char *token; (token = strtok_r(rest, ",;", &rest));)
        fprintf(stream, "<%s>", token);
    fclose(stream);
    printf("%s %zu\n", buffer, size);
    free(buffer);

    int pipes[2], status;
    if (pipe(pipes) != 0)
        return 1;
    if (fork() == 0) {
        dprintf(pipes[1], "child");
        _exit(5);
    }
    char said[6] = "";
    if (read(pipes[0], said, 5) != 5)
        return 1;
    wait(&status);
    printf("%s %d\n", said, WEXITSTATUS(status));

    char *end;
    long number = strtol("0x1fz", &end, 16);
    printf("%ld %s %g %llu\n", number, end, strtod("1e-3", NULL), strtoull("18446744073709551615", NULL, 10));
    printf("%d %d\n", isalpha('x') != 0, snprintf(NULL, 0, "%s", "12345"));
    return 0;
}
