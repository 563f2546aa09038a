// SPDX-License-Identifier: MIT
// Expected ids are what the list comprehensions of keras/src/datasets/imdb.py give by hand, and what
// the header's table says about the plain reading.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/token_reading.h"

enum { END = -99 }; // of a list of ids
#define NONE UINT32_MAX

// Arguments in the order start_char, oov_char (NONE for none), index_from, skip_top, num_words,
// maxlen.
struct reading_case {
    uint32_t arguments[6];
    int32_t stored[8];
    int64_t expected[10];
};

static void check(const struct reading_case *cases, size_t count, bool keras)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t *given = cases[i].arguments;
        struct token_arguments arguments = {
            .has_start = given[0] != NONE,
            .start_char = given[0],
            .has_oov = given[1] != NONE,
            .oov_char = given[1],
            .index_from = given[2],
            .skip_top = given[3],
            .num_words = given[4],
            .maxlen = given[5],
        };
        struct token_reading reading = keras ? token_reading_keras(&arguments, given[4])
                                             : token_reading_plain(&arguments);
        size_t stored = 0, expected = 0;
        while (cases[i].stored[stored] != END)
            stored++;
        while (cases[i].expected[expected] != END)
            expected++;
        int64_t out[10];
        assert_int_equal(token_reading_apply(&reading, cases[i].stored, stored, out), expected);
        for (size_t j = 0; j < expected; j++)
            assert_int_equal(out[j], cases[i].expected[j]);
    }
}

static void reads_plainly(void **state)
{
    (void)state;
    static const struct reading_case CASES[] = {
        {{NONE, 0, 0, 0, 0, 0}, {1, 5, 0, 9, 7, END}, {1, 5, 0, 9, 7, END}},
        {{NONE, 0, 0, 0, 0, 0}, {END}, {END}},
        {{NONE, 0, 0, 0, 7, 0}, {1, 5, 9, 7, 8, END}, {1, 5, 0, 7, 0, END}},
        {{NONE, NONE, 0, 0, 7, 0}, {1, 5, 9, 7, 8, END}, {1, 5, 7, END}},
        {{NONE, 0, 0, 5, 0, 0}, {1, 5, 6, 9, END}, {0, 0, 6, 9, END}},
        {{NONE, 2, 3, 5, 7, 0}, {1, 5, 6, 7, 8, END}, {2, 2, 9, 10, 2, END}},
        {{NONE, 0, 0, 0, 0, 3}, {1, 5, 6, 7, 8, END}, {1, 5, 6, END}},
        {{1, 2, 3, 0, 0, 3}, {1, 5, 6, 7, 8, END}, {1, 4, 8, END}},
        {{1, 2, 3, 2, 0, 1}, {1, 5, END}, {1, END}},
        {{1, 2, 3, 2, 9, 0}, {END}, {1, END}}, // start_char is no word
        {{NONE, NONE, 0, 0, 7, 2}, {9, 1, 9, 5, 6, END}, {1, 5, END}},
        {{NONE, 0, INT32_MAX, 0, INT32_MAX, 0},
         {1, INT32_MAX, END},
         {INT64_C(1) << 31, 2 * (int64_t)INT32_MAX, END}},
    };
    check(CASES, sizeof CASES / sizeof *CASES, false);
}

static void reads_as_keras_does(void **state)
{
    (void)state;
    static const struct reading_case CASES[] = {
        {{1, 2, 3, 0, 12, 0}, {1, 5, 8, 9, END}, {1, 4, 8, 11, 2, END}},
        {{1, 2, 3, 5, 12, 0}, {1, 2, 5, 9, END}, {2, 2, 5, 8, 2, END}}, // start_char fell
        {{1, NONE, 3, 5, 12, 0}, {1, 2, 5, 9, END}, {5, 8, END}},
        {{NONE, 2, 3, 0, 12, 0}, {1, 8, 9, END}, {4, 11, 2, END}},
        {{NONE, NONE, 0, 0, 2, 0}, {1, 2, 3, END}, {1, END}},
        {{40, 7, 0, 0, 40, 0}, {39, 40, END}, {7, 39, 7, END}},
        {{0, 2, 3, 0, 12, 0}, {END}, {0, END}},
        {{1, 2, 3, 0, 12, 2}, {1, 2, 3, END}, {1, 4, 5, 6, END}}, // maxlen truncates nothing
    };
    check(CASES, sizeof CASES / sizeof *CASES, true);
}

static void names_what_is_no_word(void **state)
{
    (void)state;
    struct token_arguments keras = TOKEN_ARGUMENTS_KERAS;
    struct token_reading reading = token_reading_keras(&keras, 100);
    int64_t rank = 0;
    assert_string_equal(token_reading_name(&reading, 0, &rank), "<PAD>");
    assert_string_equal(token_reading_name(&reading, 1, &rank), "<START>");
    assert_string_equal(token_reading_name(&reading, 2, &rank), "<UNK>");
    assert_string_equal(token_reading_name(&reading, 3, &rank), "<UNUSED>");
    assert_null(token_reading_name(&reading, 4, &rank));
    assert_int_equal(rank, 1);
    assert_null(token_reading_name(&reading, -1, &rank));
    assert_int_equal(rank, -4);

    keras.start_char = 50;
    keras.oov_char = 60;
    reading = token_reading_keras(&keras, 100);
    assert_string_equal(token_reading_name(&reading, 50, &rank), "<START>");
    assert_string_equal(token_reading_name(&reading, 60, &rank), "<UNK>");
    assert_string_equal(token_reading_name(&reading, 1, &rank), "<START>");

    struct token_arguments plain = {.has_oov = true};
    reading = token_reading_plain(&plain);
    assert_string_equal(token_reading_name(&reading, 0, &rank), "<UNK>");
    for (int64_t id = 1; id < 6; id++) {
        assert_null(token_reading_name(&reading, id, &rank));
        assert_int_equal(rank, id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plainly),
        cmocka_unit_test(reads_as_keras_does),
        cmocka_unit_test(names_what_is_no_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
