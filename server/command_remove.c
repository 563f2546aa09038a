// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "server/command.h"
#include "store/remove.h"

static const struct option_spec OPTIONS[] = {OPTION_DATA, OPTION_JSON, OPTION_QUIET, OPTION_END};

static int run(const struct options *options, struct error *error)
{
    const char *name = options->arguments[0];
    uint64_t freed;
    char bytes[32];
    struct folder *folder = command_folder(options, FOLDER_WRITE, error);
    if (!folder)
        return EXIT_FAILED;
    bool done = remove_dataset(folder, name, &freed, error);
    folder_close(folder);
    if (done && options_switch(options, "--json"))
        printf("{\"name\":\"%s\",\"freed\":%llu}\n", name, (unsigned long long)freed);
    else if (done && !options_switch(options, "--quiet"))
        printf("%s: removed, %s freed\n", name, command_bytes(freed, bytes));
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command COMMAND_REMOVE = {
    .name = "remove",
    .arguments = "NAME",
    .about = "Remove a dataset and free its space",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
