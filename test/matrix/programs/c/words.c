#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char word[32];
    unsigned count;
};

static int by_count(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : strcmp(a->word, b->word);
}

int main(void)
{
    struct entry *entries = NULL;
    size_t used = 0, room = 0;
    char word[32];
    while (scanf("%31s", word) == 1) {
        for (char *p = word; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        size_t i = 0;
        while (i < used && strcmp(entries[i].word, word) != 0)
            i++;
        if (i == used) {
            if (used == room && !(entries = realloc(entries, (room = room ? 2 * room : 4) * sizeof *entries)))
                return 1;
            strcpy(entries[used].word, word);
            entries[used++].count = 0;
        }
        entries[i].count++;
    }
    qsort(entries, used, sizeof *entries, by_count);
    for (size_t i = 0; i < used; i++)
        printf("%-6s %u\n", entries[i].word, entries[i].count);
    free(entries);
    return 0;
}
