// SPDX-License-Identifier: MIT
// Runs a fuzz target over files: every regular file named on the command line, and every file of
// the folders named there. Each input is copied to a heap block of exactly its size, so that a
// sanitizer sees a read past the end.
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0) {
        perror(path);
        if (file)
            fclose(file);
        return false;
    }
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size ? size : 1);
    bool whole = data && fread(data, 1, size, file) == size;
    fclose(file);
    if (!whole) {
        fprintf(stderr, "%s: cannot be read whole\n", path);
        free(data);
        return false;
    }
    // An empty input gets the end of a block: a pointer, but not one readable byte.
    LLVMFuzzerTestOneInput(size ? data : data + 1, size);
    free(data);
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool replay_folder(const char *path, unsigned long *count)
{
    struct dirent **entries;
    int found = scandir(path, &entries, NULL, by_name);
    if (found < 0) {
        perror(path);
        return false;
    }
    bool good = true;
    for (int i = 0; i < found; i++) {
        char name[4096];
        int length = snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        bool hidden = entries[i]->d_name[0] == '.';
        free(entries[i]);
        if (hidden)
            continue;
        if (length < 0 || (size_t)length >= sizeof name || !replay_file(name))
            good = false;
        else
            ++*count;
    }
    free(entries);
    return good;
}

int main(int argc, char **argv)
{
    unsigned long count = 0;
    bool good = true;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
            good = replay_folder(argv[i], &count) && good;
        else if (replay_file(argv[i]))
            count++;
        else
            good = false;
    }
    if (count == 0) {
        fprintf(stderr, "%s: no input was found\n", argv[0]);
        good = false;
    }
    printf("%lu inputs\n", count);
    return good ? 0 : 1;
}
