// SPDX-License-Identifier: MIT
// The commands of the program: one table, from which dispatch and help are made. Each command is a
// constant in its own file.
#ifndef SAMPLECASE_SERVER_COMMAND_H
#define SAMPLECASE_SERVER_COMMAND_H

#include "base/error.h"
#include "server/options.h"
#include "store/folder.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *arguments; // "NAME PATH..."; "" for none
    const char *about;     // one line
    const char *details;   // further lines of its help, each ended by \n; or NULL
    const struct option_spec *options; // beside --help; ends with a row without a name
    int min_arguments, max_arguments;

    // Returns the exit code; with EXIT_FAILED or EXIT_USAGE the error says why.
    int (*run)(const struct options *options, struct error *error);
};

// All commands, NULL-terminated.
extern const struct command *const COMMANDS[];

// Rows for the option tables of several commands.
#define OPTION_DATA                                                                            \
    {"--data", "DIR", false,                                                                   \
     "data folder (default: $SAMPLECASE_DATA, else ~/.local/share/samplecase)"}
#define OPTION_JSON {"--json", NULL, false, "print JSON instead of text"}
#define OPTION_QUIET {"--quiet", NULL, false, "print nothing but errors"}
#define OPTION_END {NULL, NULL, false, NULL}

// The path of the data folder that the options and the environment mean, in *path. False with the
// error.
bool command_data_path(const struct options *options, char *path, size_t size,
                       struct error *error);

// Opens it. NULL with the error.
struct folder *command_folder(const struct options *options, enum folder_access access,
                              struct error *error);

// "52.3 MB": bytes for eyes, in `text`, which is returned.
const char *command_bytes(uint64_t bytes, char text[32]);

// Prints a text that comes from a dataset on standard output as one line without its end: what moves
// a terminal's cursor becomes '?'.
void command_print(const char *text);

#endif
