// SPDX-License-Identifier: MIT
// Imports with every single allocation failing, and choices that no golden case can hold.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/format.h"
#include "formats/importer.h"
#include "formats/known.h"
#include "formats/source.h"
#include "tests/unit/failing.h"
#include "tests/unit/fake_writer.h"

// The C library's copies of texts fail as the other allocations do.
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

char *__wrap_strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, strlen(text));
}

enum { MOST_BYTES = 64 << 20 };

static const struct source_limits LIMITS = SOURCE_LIMITS_DEFAULT;

// Imports a file, or bytes in memory when there are some. False with the error.
static bool import(char *path, const uint8_t *bytes, size_t size, const char *name,
                   struct error *error)
{
    const struct writer_options options = {.name = name};
    struct writer *writer = fake_writer_new(&options, MOST_BYTES);
    char *paths[] = {path};
    struct source *source = !writer ? NULL
                            : bytes ? source_open_memory(path, bytes, size, &LIMITS, error)
                                    : source_open(paths, 1, &LIMITS, error);
    bool good =
        source && importer_read(source, NULL, writer, error) && fake_writer_check(writer, error);
    source_close(source);
    writer_free(writer);
    return good || (!writer && error_memory(error));
}

static void survives_failing_allocations(void **state)
{
    static char paths[][80] = {
        "tests/golden/idx/card/input",
        "tests/golden/idx/card-in-archive/input/d.tar",
        "tests/golden/idx/known-by-name/input",
        "tests/golden/idx/zip-deflate/input/data.zip",
        "tests/golden/cifar/ten-archive/input/cifar-10-binary.tar.gz",
        "tests/golden/cifar/hundred-bare-gzip/input",
        "tests/golden/cifar/python-ten/input/cifar-10-python.tar.gz",
        "tests/golden/cifar/python-hundred/input",
        "tests/golden/npy/npz-deflated/input/mine.npz",
        "tests/golden/npy/boston-fortran/input",
        "tests/golden/npy/tokens-words/input",
        "tests/golden/npy/error-counts/input",
        "tests/golden/csv/quotes/input/t.csv",
        "tests/golden/csv/splits/input",
        "tests/golden/csv/digits/input/digits.csv.gz",
        "tests/golden/csv/class-names/input",
        "tests/golden/csv/error-ragged-short/input",
        "tests/golden/source/error-unrecognised/input",
        "tests/golden/source/places/input/a.tar",
        "tests/golden/images/classes/input",
        "tests/golden/images/mixed/input",
        "tests/golden/images/aside/input",
        "tests/golden/images/superclasses/input",
        "tests/golden/images/synsets/input",
        "tests/golden/source/tar-gz-in-tar-gz/input/a.tgz",
        "tests/golden/idx/error-counts/input",
        "tests/golden/mat/svhn-packed/input",
        "tests/golden/mat/left-out/input/t.mat",
        "tests/golden/text/imdb-archive-backwards/input/a.tar.gz",
        "tests/golden/text/empty-class/input/a.tar",
        "tests/golden/text/not-utf-8/input",
        "tests/golden/jsonl/kinds/input",
        "tests/golden/jsonl/left-out/input",
        "tests/golden/jsonl/not-utf-8/input",
        "tests/golden/csv/latin1/input",
        "tests/golden/csv/latin1-class/input",
    };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct error whole = ERROR_INIT, error;
        char *path = paths[i];
        bool good = import(path, NULL, 0, "fashion_mnist", &whole);
        unsigned long n = 0;
        do {
            error = (struct error)ERROR_INIT;
            failing_nth(++n);
            bool now = import(path, NULL, 0, "fashion_mnist", &error);
            bool happened = failing_happened();
            failing_nth(0);
            if (!happened) {
                assert_int_equal(now, good);
                assert_string_equal(error.text, whole.text);
                break;
            }
            // What fails is said to be short of memory, but for the failure that was there before.
            if (now ? error.kind != ERROR_NONE
                    : error.kind != ERROR_MEMORY && strcmp(error.text, whole.text) != 0)
                fail_msg("%s, allocation %lu: %s", path, n, error.text);
        } while (n < 100000);
        print_message("%s: %lu allocations\n", path, n - 1);
        assert_true(n > 10);
    }
}

// 3074 records of CIFAR-10 have the size of 3073 records of CIFAR-100, and zeros could be either.
static void asks_which_cifar(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    char name[] = "some.bin";
    size_t size = 3073 * 3074;
    uint8_t *bytes = test_calloc(1, size);
    assert_false(import(name, bytes, size, "mine", &error));
    assert_string_equal(error.text,
                        "the .bin files could be CIFAR-10's or CIFAR-100's; name the "
                        "dataset cifar10 or cifar100, or add the files with the names of "
                        "the classes");
    error = (struct error)ERROR_INIT;
    assert_true(import(name, bytes, size, "cifar10", &error));
    assert_true(import(name, bytes, size, "cifar100", &error));
    // A label that only one of them can have, in the middle, settles it.
    bytes[3073 * 1000] = 10;
    assert_true(import(name, bytes, size, "mine", &error));
    test_free(bytes);
}

static void lists_formats(void **state)
{
    (void)state;
    for (size_t i = 0; FORMATS[i]; i++) {
        assert_ptr_equal(format_find(FORMATS[i]->name), FORMATS[i]);
        assert_true(strlen(FORMATS[i]->about) > 10);
        assert_true(strlen(FORMATS[i]->recognises) > 10);
    }
    assert_null(format_find("pickle"));
}

static void check_hash(const char *hash, size_t digits)
{
    if (!hash)
        return;
    assert_int_equal(strlen(hash), digits);
    assert_int_equal(strspn(hash, "0123456789abcdef"), digits);
}

// The table is whole: texts, hashes of the right length, classes that differ, no hash twice.
static void knows_whole_datasets(void **state)
{
    (void)state;
    for (size_t i = 0; KNOWN[i]; i++) {
        const struct known *known = KNOWN[i];
        assert_ptr_equal(known_find(known->name), known);
        assert_non_null(known->title);
        assert_non_null(known->description);
        assert_non_null(known->license);
        assert_non_null(known->citation);
        assert_int_equal(strncmp(known->homepage, "http", 4), 0);
        assert_non_null(known->task);
        for (size_t j = 0; j < known->num_files; j++) {
            const struct known_file *file = &known->files[j];
            check_hash(file->sha256, 64);
            check_hash(file->payload_sha256, 64);
            check_hash(file->md5, 32);
            assert_true(file->sha256 || file->md5);
            if (file->sha256)
                assert_ptr_equal(known_by_hash(file->sha256), known);
            if (file->payload_sha256)
                assert_ptr_equal(known_by_hash(file->payload_sha256), known);
        }
        for (size_t j = 0; j < known->num_features; j++)
            for (size_t k = 1; k < known->features[j].num_classes; k++)
                for (size_t l = 0; l < k; l++)
                    assert_string_not_equal(known->features[j].classes[k],
                                            known->features[j].classes[l]);
    }
    assert_null(known_find("nothing"));
    assert_null(known_by_hash(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_failing_allocations),
        cmocka_unit_test(asks_which_cifar),
        cmocka_unit_test(lists_formats),
        cmocka_unit_test(knows_whole_datasets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
