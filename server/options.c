// SPDX-License-Identifier: MIT
#include "server/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct option_spec *find_spec(const struct option_spec *specs, const char *name,
                                           size_t size)
{
    for (const struct option_spec *spec = specs; spec->name; spec++)
        if (strlen(spec->name) == size && memcmp(spec->name, name, size) == 0)
            return spec;
    return NULL;
}

// Takes the option at argv[*at], and its value if that is the next argument.
static bool take_option(struct options *options, const struct option_spec *specs, int argc,
                        char **argv, int *at, struct error *error)
{
    const char *text = argv[*at], *equals = strchr(text, '=');
    size_t size = equals ? (size_t)(equals - text) : strlen(text);
    const struct option_spec *spec = find_spec(specs, text, size);
    if (!spec)
        return error_set(error, ERROR_INPUT, "unknown option %.*s", (int)size, text);
    if (!spec->value && equals)
        return error_set(error, ERROR_INPUT, "%s takes no value", spec->name);
    const char *value = equals ? equals + 1 : NULL;
    if (spec->value && !value) {
        if (*at + 1 >= argc)
            return error_set(error, ERROR_INPUT, "%s needs a value: %s", spec->name, spec->value);
        value = argv[++*at];
    }
    for (size_t i = 0; i < options->num_given && !spec->repeat; i++)
        if (options->given[i].spec == spec)
            return error_set(error, ERROR_INPUT, "%s is given twice", spec->name);
    if (options->num_given == OPTIONS_MAX)
        return error_set(error, ERROR_INPUT, "more than %d options", OPTIONS_MAX);
    options->given[options->num_given].spec = spec;
    options->given[options->num_given++].value = value;
    return true;
}

bool options_parse(struct options *options, const struct option_spec *specs, int argc, char **argv,
                   struct error *error)
{
    *options = (struct options){.num_given = 0};
    options->arguments = calloc((size_t)argc + 1, sizeof *options->arguments);
    if (!options->arguments)
        return error_memory(error);
    bool only_arguments = false;
    for (int at = 0; at < argc; at++) {
        if (!only_arguments && strcmp(argv[at], "--") == 0)
            only_arguments = true;
        else if (only_arguments || argv[at][0] != '-' || argv[at][1] != '-')
            options->arguments[options->num_arguments++] = argv[at];
        else if (!take_option(options, specs, argc, argv, &at, error))
            return false;
    }
    return true;
}

void options_clear(struct options *options)
{
    free(options->arguments);
    options->arguments = NULL;
}

const char *options_text(const struct options *options, const char *name, const char *standard)
{
    for (size_t i = 0; i < options->num_given; i++)
        if (strcmp(options->given[i].spec->name, name) == 0)
            return options->given[i].value;
    return standard;
}

bool options_switch(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->num_given; i++)
        if (strcmp(options->given[i].spec->name, name) == 0)
            return true;
    return false;
}

bool options_number(const struct options *options, const char *name, uint64_t min, uint64_t max,
                    uint64_t standard, uint64_t *out, struct error *error)
{
    const char *text = options_text(options, name, NULL);
    *out = standard;
    if (!text || (text_uint64(text, out) && *out >= min && *out <= max))
        return true;
    return error_set(error, ERROR_INPUT, "%s %s: must be a whole number from %llu to %llu", name,
                     text, (unsigned long long)min, (unsigned long long)max);
}

const char **options_all(const struct options *options, const char *name)
{
    const char **values = calloc(options->num_given + 1, sizeof *values);
    for (size_t i = 0, count = 0; values && i < options->num_given; i++)
        if (strcmp(options->given[i].spec->name, name) == 0)
            values[count++] = options->given[i].value;
    return values;
}
