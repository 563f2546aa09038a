// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "tests/unit/failing.h"

static void appends_all_kinds(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_append(&buffer, "ab\0c", 4);
    buffer_byte(&buffer, 'd');
    buffer_string(&buffer, "ef");
    buffer_printf(&buffer, "-%d-%s", 42, "x");
    buffer_append(&buffer, NULL, 0);
    assert_int_equal(buffer.size, 12);
    assert_memory_equal(buffer.data, "ab\0cdef-42-x", 12);
    assert_false(buffer.failed);
    buffer_free(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.capacity, 0);
    buffer_free(NULL);
}

static void grows_far(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    for (unsigned i = 0; i < 100000; i++)
        buffer_byte(&buffer, (char)(i * 7));
    assert_int_equal(buffer.size, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buffer.data[i], (char)(i * 7));
    buffer_free(&buffer);
}

static void reserve_gives_room_to_write(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_string(&buffer, "head");
    char *to = buffer_reserve(&buffer, 1000);
    assert_ptr_equal(to, buffer.data + 4);
    memset(to, 'x', 1000);
    buffer.size += 1000;
    assert_int_equal(buffer.size, 1004);
    assert_true(buffer.capacity >= 1004);
    assert_non_null(buffer_reserve(&buffer, 0));
    buffer_free(&buffer);

    // Even an empty reservation gives a place.
    assert_non_null(buffer_reserve(&buffer, 0));
    buffer_free(&buffer);
}

static void long_text_is_printed_whole(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_printf(&buffer, "%05000d", 7);
    assert_int_equal(buffer.size, 5000);
    assert_int_equal(buffer.data[4999], '7');
    assert_int_equal(buffer.data[4998], '0');
    buffer_free(&buffer);
}

static void text_is_terminated_and_goes_on(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    assert_string_equal(buffer_text(&buffer), "");
    buffer_string(&buffer, "one");
    assert_string_equal(buffer_text(&buffer), "one");
    assert_int_equal(buffer.size, 3);
    buffer_string(&buffer, "two");
    assert_string_equal(buffer_text(&buffer), "onetwo");
    buffer_free(&buffer);
}

static void take_gives_the_bytes_away(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    size_t size = 99;
    assert_null(buffer_take(&buffer, &size));
    assert_int_equal(size, 0);
    buffer_string(&buffer, "mine");
    char *bytes = buffer_take(&buffer, &size);
    assert_int_equal(size, 4);
    assert_memory_equal(bytes, "mine", 4);
    assert_null(buffer.data);
    free(bytes);
}

static void failure_sticks(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_string(&buffer, "kept");
    assert_null(buffer_reserve(&buffer, SIZE_MAX - 2));
    assert_true(buffer.failed);
    buffer_printf(&buffer, "%s", "dropped");
    buffer_append(&buffer, "dropped", 7);
    assert_null(buffer_reserve(&buffer, 1));
    assert_null(buffer_text(&buffer));
    assert_int_equal(buffer.size, 4);
    size_t size = 99;
    assert_null(buffer_take(&buffer, &size));
    assert_int_equal(size, 0);
    assert_false(buffer.failed);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct buffer buffer = BUFFER_INIT;
        failing_nth(n);
        for (unsigned i = 0; i < 300; i++)
            buffer_printf(&buffer, "%u,", i);
        bool happened = failing_happened();
        failing_nth(0);
        assert_int_equal(buffer.failed, happened);
        buffer_free(&buffer);
        if (!happened)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_all_kinds),
        cmocka_unit_test(grows_far),
        cmocka_unit_test(reserve_gives_room_to_write),
        cmocka_unit_test(long_text_is_printed_whole),
        cmocka_unit_test(text_is_terminated_and_goes_on),
        cmocka_unit_test(take_gives_the_bytes_away),
        cmocka_unit_test(failure_sticks),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
