// SPDX-License-Identifier: MIT
// Command-line options from a table, which also makes the help texts.
#ifndef SAMPLECASE_SERVER_OPTIONS_H
#define SAMPLECASE_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct option_spec {
    const char *name;  // "--data"
    const char *value; // what stands for its value in the help ("DIR"); NULL for a switch
    bool repeat;       // may be given several times
    const char *help;
};

enum { OPTIONS_MAX = 64 };

// What was given. All texts are borrowed from argv.
struct options {
    struct {
        const struct option_spec *spec;
        const char *value;
    } given[OPTIONS_MAX];
    size_t num_given;
    char **arguments; // those that are no options, in order; owned
    int num_arguments;
};

// Parses argv[0..argc) by the table, which ends with a row without a name. Takes "--name value" and
// "--name=value"; "--" ends the options. False with the error for an unknown, repeated or
// incomplete option. Clear it in any case.
bool options_parse(struct options *options, const struct option_spec *specs, int argc, char **argv,
                   struct error *error);
void options_clear(struct options *options);

// The value of an option, or `standard` when it was not given.
const char *options_text(const struct options *options, const char *name, const char *standard);

// Whether a switch was given.
bool options_switch(const struct options *options, const char *name);

// A whole number from min to max; `standard` when it was not given. False with the error.
bool options_number(const struct options *options, const char *name, uint64_t min, uint64_t max,
                    uint64_t standard, uint64_t *out, struct error *error);

// All values of an option, NULL-terminated; owned by the caller, free(). NULL when memory is short.
const char **options_all(const struct options *options, const char *name);

#endif
