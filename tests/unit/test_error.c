// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/error.h"

static void first_failure_wins(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    assert_int_equal(error.kind, ERROR_NONE);
    assert_false(error_set(&error, ERROR_INPUT, "row %d has %s", 7, "no end"));
    assert_false(error_set(&error, ERROR_SYSTEM, "later"));
    assert_false(error_memory(&error));
    errno = EACCES;
    assert_false(error_system(&error, "later still"));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "row 7 has no end");
}

static void nobody_need_listen(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_INPUT, "x"));
    assert_false(error_system(NULL, "x"));
    assert_false(error_memory(NULL));
    error_prefix(NULL, "x");
}

static void system_calls_say_why(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    errno = ENOENT;
    assert_false(error_system(&error, "open %s", "a.bin"));
    assert_int_equal(error.kind, ERROR_SYSTEM);
    assert_string_equal(error.text, "open a.bin: No such file or directory");

    error = (struct error)ERROR_INIT;
    errno = ENOMEM;
    error_system(&error, "map %s", "a.bin");
    assert_int_equal(error.kind, ERROR_MEMORY);
}

static void prefixes_stack(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    error_prefix(&error, "nothing");
    assert_int_equal(error.kind, ERROR_NONE);
    assert_string_equal(error.text, "");
    error_set(&error, ERROR_INPUT, "byte 4 is wrong");
    error_prefix(&error, "member %s", "x.bin");
    error_prefix(&error, "a.tar");
    assert_string_equal(error.text, "a.tar: member x.bin: byte 4 is wrong");
    assert_int_equal(error.kind, ERROR_INPUT);
}

static void texts_are_one_line_and_bounded(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_INPUT, "name \"a\nb\x1b[31m\x7f\"");
    assert_string_equal(error.text, "name \"a?b?[31m?\"");

    error = (struct error)ERROR_INIT;
    error_set(&error, ERROR_INPUT, "%02000d", 5);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    error_prefix(&error, "%s", "in\tfront");
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_memory_equal(error.text, "in?front: 000", 13);
    error_prefix(&error, "%03000d", 1);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);

    error = (struct error)ERROR_INIT;
    errno = EIO;
    error_system(&error, "%02000d", 5);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

static void takes_what_was_put_together(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "%d%% of %s", 5, "it");
    assert_false(error_take(&error, ERROR_LIMIT, &text));
    assert_int_equal(error.kind, ERROR_LIMIT);
    assert_string_equal(error.text, "5% of it");
    assert_null(text.data);

    error = (struct error)ERROR_INIT;
    text.failed = true;
    assert_false(error_take(&error, ERROR_LIMIT, &text));
    assert_int_equal(error.kind, ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_failure_wins),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(system_calls_say_why),
        cmocka_unit_test(prefixes_stack),
        cmocka_unit_test(texts_are_one_line_and_bounded),
        cmocka_unit_test(takes_what_was_put_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
