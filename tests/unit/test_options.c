// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/options.h"

static const struct option_spec SPECS[] = {
    {"--data", "DIR", false, ""},  {"--port", "N", false, ""}, {"--cors", "ORIGIN", true, ""},
    {"--json", NULL, false, ""},   {NULL, NULL, false, NULL},
};

// Parses the words of a line that are separated by single spaces; the line must outlive the options.
static bool parse(struct options *options, char *line, struct error *error)
{
    char *argv[16];
    int argc = 0;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return options_parse(options, SPECS, argc, argv, error);
}

static void takes_both_forms(void **state)
{
    (void)state;
    char line[] = "name --data=/d --port 80 --cors a --cors=b --json -- --json";
    struct options options;
    struct error error = ERROR_INIT;
    uint64_t port;
    assert_true(parse(&options, line, &error));
    assert_string_equal(options_text(&options, "--data", "x"), "/d");
    assert_true(options_number(&options, "--port", 0, 65535, 1, &port, &error));
    assert_int_equal(port, 80);
    assert_true(options_switch(&options, "--json"));
    assert_int_equal(options.num_arguments, 2);
    assert_string_equal(options.arguments[1], "--json");
    const char **cors = options_all(&options, "--cors");
    assert_string_equal(cors[0], "a");
    assert_string_equal(cors[1], "b");
    assert_null(cors[2]);
    free(cors);
    options_clear(&options);
}

static void refuses(void **state)
{
    (void)state;
    static const char *const LINES[] = {"--nothing", "--data", "--json=1", "--port 1 --port 2"};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        char line[64];
        struct options options;
        struct error error = ERROR_INIT;
        strcpy(line, LINES[i]);
        assert_false(parse(&options, line, &error));
        assert_int_equal(error.kind, ERROR_INPUT);
        options_clear(&options);
    }
}

static void checks_numbers(void **state)
{
    (void)state;
    char line[] = "--port 70000";
    struct options options;
    struct error error = ERROR_INIT;
    uint64_t port;
    assert_true(parse(&options, line, &error));
    assert_false(options_number(&options, "--port", 0, 65535, 1, &port, &error));
    assert_non_null(strstr(error.text, "65535"));
    options_clear(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_both_forms),
        cmocka_unit_test(refuses),
        cmocka_unit_test(checks_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
