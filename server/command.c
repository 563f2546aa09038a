// SPDX-License-Identifier: MIT
#include "server/command.h"

#include <stdio.h>
#include <string.h>

extern const struct command COMMAND_SERVE, COMMAND_ADD, COMMAND_LIST, COMMAND_INFO, COMMAND_VERIFY,
    COMMAND_REMOVE, COMMAND_FORMATS, COMMAND_KNOWN, COMMAND_HEALTH;

const struct command *const COMMANDS[] = {
    &COMMAND_SERVE,  &COMMAND_ADD,    &COMMAND_LIST,    &COMMAND_INFO,
    &COMMAND_VERIFY, &COMMAND_REMOVE, &COMMAND_FORMATS, &COMMAND_KNOWN,  &COMMAND_HEALTH, NULL,
};

bool command_data_path(const struct options *options, char *path, size_t size,
                       struct error *error)
{
    const char *given = options_text(options, "--data", NULL);
    if (!given)
        return folder_default_path(path, size, error);
    if (!*given || strlen(given) >= size)
        return error_set(error, ERROR_INPUT, "--data: the path is %s",
                         *given ? "too long" : "empty");
    memcpy(path, given, strlen(given) + 1);
    return true;
}

struct folder *command_folder(const struct options *options, enum folder_access access,
                              struct error *error)
{
    char path[4096];
    if (!command_data_path(options, path, sizeof path, error))
        return NULL;
    return folder_open(path, access, error);
}

void command_print(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

const char *command_bytes(uint64_t bytes, char text[32])
{
    static const char *const UNITS[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) {
        snprintf(text, 32, "%u bytes", (unsigned)bytes);
        return text;
    }
    double value = (double)bytes / 1000;
    size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < sizeof UNITS / sizeof *UNITS; unit++)
        value /= 1000;
    snprintf(text, 32, "%.1f %s", value, UNITS[unit]);
    return text;
}
