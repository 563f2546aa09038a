// SPDX-License-Identifier: MIT
// The program's edge: picks the command, prints help and the one line of an error.
#include <stdio.h>
#include <string.h>

#include "server/command.h"

static const struct option_spec HELP = {"--help", NULL, false, "show this help"};

static void print_help(void)
{
    printf("Samplecase serves datasets over HTTP: decoded once, indexed, to everyone at once.\n\n"
           "usage: samplecase COMMAND [OPTION]... [ARGUMENT]...\n\n");
    for (const struct command *const *command = COMMANDS; *command; command++)
        printf("  %-8s %-16s %s\n", (*command)->name, (*command)->arguments, (*command)->about);
    printf("\n  samplecase COMMAND --help   options of a command\n"
           "  samplecase --version        version\n\n"
           "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}

static void print_option(const struct option_spec *spec)
{
    char left[64];
    snprintf(left, sizeof left, "%s%s%s%s", spec->name, spec->value ? " " : "",
             spec->value ? spec->value : "", spec->repeat ? " ..." : "");
    printf("  %-24s %s\n", left, spec->help);
}

static void print_command_help(const struct command *command)
{
    printf("usage: samplecase %s [OPTION]...%s%s\n\n%s.\n", command->name,
           *command->arguments ? " " : "", command->arguments, command->about);
    if (command->details)
        printf("\n%s", command->details);
    printf("\n");
    for (const struct option_spec *spec = command->options; spec->name; spec++)
        print_option(spec);
    print_option(&HELP);
}

static int usage(const char *command, const char *text)
{
    fprintf(stderr, "samplecase%s%s: %s; see samplecase %s%s--help\n", *command ? " " : "", command,
            text, command, *command ? " " : "");
    return EXIT_USAGE;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

static int check_count(const struct command *command, int count)
{
    char text[128];
    if (count >= command->min_arguments && count <= command->max_arguments)
        return EXIT_DONE;
    snprintf(text, sizeof text, "%s; it takes %s", count < command->min_arguments
                                                       ? "an argument is missing"
                                                       : "there is an argument too many",
             *command->arguments ? command->arguments : "none");
    return usage(command->name, text);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct error error = ERROR_INIT;
    struct options options;
    int code;
    if (wants_help(argc, argv)) {
        print_command_help(command);
        return EXIT_DONE;
    }
    if (!options_parse(&options, command->options, argc, argv, &error)) {
        code = usage(command->name, error.text);
    } else if ((code = check_count(command, options.num_arguments)) == EXIT_DONE) {
        code = command->run(&options, &error);
        if (code == EXIT_USAGE)
            usage(command->name, error.text);
        else if (error.kind != ERROR_NONE)
            fprintf(stderr, "samplecase %s: %s\n", command->name, error.text);
    }
    options_clear(&options);
    if (fflush(stdout) != 0 && code == EXIT_DONE) {
        perror("samplecase: cannot write to standard output");
        code = EXIT_FAILED;
    }
    return code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        print_help();
        return EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        printf("samplecase %s\n", SAMPLECASE_VERSION);
        return EXIT_DONE;
    }
    for (const struct command *const *command = COMMANDS; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return run(*command, argc - 2, argv + 2);
    char text[128];
    snprintf(text, sizeof text, "there is no command \"%.60s\"", name);
    return usage("", text);
}
