#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(void)
{
    char line[64], folder[256];
    FILE *file = fopen("notes.txt", "w+");
    if (!file)
        return 1;
    for (int i = 1; i <= 3; i++)
        fprintf(file, "line %d\n", i);
    fseek(file, 7, SEEK_SET);
    fputs(fgets(line, sizeof line, file), stdout);
    fclose(file);
    mkdir("sub", 0700);
    rename("notes.txt", "sub/notes.txt");
    struct stat status;
    stat("sub/notes.txt", &status);
    printf("%s %ld bytes\n", getcwd(folder, sizeof folder), (long)status.st_size);
    struct dirent **entries;
    int count = scandir(".", &entries, is_shown, compare);
    for (int i = 0; i < count; i++)
        puts(entries[i]->d_name);
    printf("%s\n", fopen("/etc/new", "w") ? "written" : "refused");
    printf("%s\n", fopen("missing", "r") ? "found" : strerror(errno));
    return 0;
}
