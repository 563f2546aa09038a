// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/text_json.h"
#include "tests/unit/draw.h"

static void expect(const char *text, size_t size, uint64_t max_chars, const char *json)
{
    struct buffer out = BUFFER_INIT;
    bool cut = text_json_write(&out, text, size, max_chars);
    assert_string_equal(buffer_text(&out), json);
    assert_int_equal(cut, strstr(json, "…\"") != NULL);
    buffer_free(&out);
}

static void cuts_after_characters(void **state)
{
    (void)state;
    expect("", 0, 1, "\"\"");
    expect("abc", 3, 3, "\"abc\"");
    expect("abc", 3, UINT64_MAX, "\"abc\"");
    expect("abcd", 4, 3, "\"abc…\"");
    expect("aé€😀z", 11, 5, "\"aé€😀z\"");
    expect("aé€😀z", 11, 4, "\"aé€😀…\"");
    expect("aé€😀z", 11, 3, "\"aé€…\"");
    expect("aé€😀z", 11, 2, "\"aé…\"");
    expect("aé€😀z", 11, 1, "\"a…\"");
    expect("😀😀", 8, 1, "\"😀…\"");
    expect("<b>\"\\\n\x01</b>", 11, 7, "\"<b>\\\"\\\\\\n\\u0001…\"");
    expect("a\0b", 3, 2, "\"a\\u0000…\"");
}

// Texts of characters of one to four bytes, cut at each place, against a count by hand.
static void cuts_at_every_place(void **state)
{
    (void)state;
    static const char *const CHARACTERS[] = {"x", "é", "€", "😀"};
    enum { LENGTH = 300 };
    uint64_t seed = 5;
    char text[LENGTH * 4 + 1] = "";
    size_t ends[LENGTH + 1] = {0};
    for (size_t i = 0; i < LENGTH; i++) {
        strcat(text, CHARACTERS[draw(&seed) % (i < 100 ? 1 : 4)]);
        ends[i + 1] = strlen(text);
    }
    for (size_t max = 1; max <= LENGTH + 1; max++) {
        struct buffer out = BUFFER_INIT;
        bool cut = text_json_write(&out, text, ends[LENGTH], max);
        size_t kept = ends[max < LENGTH ? max : LENGTH];
        assert_int_equal(cut, max < LENGTH);
        assert_memory_equal(out.data + 1, text, kept);
        assert_string_equal(buffer_text(&out) + 1 + kept, cut ? "…\"" : "\"");
        buffer_free(&out);
    }
}

// Whatever the bytes are, the string stays within four characters for each that is allowed.
static void bytes_that_are_no_text_are_bounded(void **state)
{
    (void)state;
    static const char CONTINUATIONS[] = {'\x80', '\xbf', '\xc3', '\xff'};
    char bytes[1000];
    for (size_t kind = 0; kind < sizeof CONTINUATIONS; kind++) {
        memset(bytes, CONTINUATIONS[kind], sizeof bytes);
        struct buffer out = BUFFER_INIT;
        assert_true(text_json_write(&out, bytes, sizeof bytes, 10));
        assert_in_range(out.size, 10, 2 + 40 * 3 + 3);
        buffer_free(&out);
    }
    expect("a\xff\xf0\x9f\x98", 5, UINT64_MAX, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void pieces_are_one_text(void **state)
{
    (void)state;
    struct buffer out = BUFFER_INIT;
    struct text_json text;
    text_json_begin(&text, &out, 7);
    assert_true(text_json_add(&text, "über", 5));
    assert_true(text_json_add(&text, "", 0));
    assert_true(text_json_add(&text, " ok", 3));
    assert_true(text_json_add(&text, "", 0)); // seven characters, and nothing was left out
    assert_false(text_json_add(&text, " x", 2));
    assert_false(text_json_add(&text, "y", 1));
    assert_true(text_json_end(&text));
    assert_string_equal(buffer_text(&out), "\"über ok…\"");
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_after_characters),
        cmocka_unit_test(cuts_at_every_place),
        cmocka_unit_test(bytes_that_are_no_text_are_bounded),
        cmocka_unit_test(pieces_are_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
