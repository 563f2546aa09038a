// SPDX-License-Identifier: MIT
// Struct arrays in MAT files that SciPy wrote, with the fields of ImageNet's development kit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/mat_struct.h"
#include "formats/source.h"

static struct mat_struct *read_file(const char *path, const char *variable, struct error *error)
{
    char copy[100];
    char *paths[] = {strcpy(copy, path)};
    const struct source_limits limits = SOURCE_LIMITS_DEFAULT;
    struct source_member member;
    struct source *source = source_open(paths, 1, &limits, error);
    assert_non_null(source);
    assert_int_equal(source_next(source, &member, error), SOURCE_MEMBER);
    struct mat_struct *array = mat_struct_read(source, variable, error);
    source_close(source);
    return array;
}

static void records(void **state)
{
    (void)state;
    static const char *const FILES[] = {"tests/fuzz/corpus/mat/synsets.mat",
                                        "tests/fuzz/corpus/mat/synsets-plain.mat"};
    for (size_t i = 0; i < 2; i++) {
        struct error error = ERROR_INIT;
        struct mat_struct *array = read_file(FILES[i], "synsets", &error);
        assert_non_null(array);
        assert_int_equal(mat_struct_count(array), 3);
        assert_string_equal(mat_struct_text(array, 0, "WNID"), "n02119789");
        assert_string_equal(mat_struct_text(array, 1, "words"), "English setter");
        assert_string_equal(mat_struct_text(array, 2, "words"), "animal, animé");
        size_t count;
        const double *numbers = mat_struct_numbers(array, 2, "ILSVRC2012_ID", &count);
        assert_int_equal(count, 1);
        assert_true(numbers[0] == 1001);
        numbers = mat_struct_numbers(array, 2, "children", &count);
        assert_int_equal(count, 2);
        assert_true(numbers[0] == 1 && numbers[1] == 2);
        assert_non_null(mat_struct_numbers(array, 0, "children", &count));
        assert_int_equal(count, 0);
        assert_null(mat_struct_text(array, 0, "ILSVRC2012_ID"));
        assert_null(mat_struct_text(array, 0, "nothing"));
        assert_null(mat_struct_numbers(array, 0, "WNID", &count));
        mat_struct_free(array);
    }
}

static void not_there(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    assert_null(read_file("tests/fuzz/corpus/mat/synsets.mat", "about", &error));
    assert_string_equal(error.text, "synsets.mat: has no struct array \"about\"");
    mat_struct_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records), cmocka_unit_test(not_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
