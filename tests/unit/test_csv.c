// SPDX-License-Identifier: MIT
// Tables long enough to be read in several blocks, with every byte of a record at their ends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "formats/importer.h"
#include "formats/source.h"
#include "tests/unit/fake_writer.h"

enum { BLOCK = 128 << 10 }; // as csv_reader.c reads

static struct writer *import(const struct buffer *table, const char *target, struct error *error)
{
    const struct source_limits limits = SOURCE_LIMITS_DEFAULT;
    const struct writer_options options = {.name = "table", .target = target};
    struct writer *writer = fake_writer_new(&options, 64 << 20);
    struct source *source =
        source_open_memory("table.csv", table->data, table->size, &limits, error);
    assert_non_null(writer);
    if (!source || !importer_read(source, NULL, writer, error) ||
        !fake_writer_check(writer, error)) {
        writer_free(writer);
        writer = NULL;
    }
    source_close(source);
    return writer;
}

// The same records after a first one of growing length, so that the block ends fall everywhere.
static void reads_across_blocks(void **state)
{
    static const char RECORD[] = "\"x \"\"q\"\",\r\ny\" , -12.5e1 ,plain\r\n";
    static const char TEXT[] = "x \"q\",\r\ny";
    (void)state;
    for (size_t shift = 0; shift < sizeof RECORD; shift++) {
        struct error error = ERROR_INIT;
        struct buffer table = BUFFER_INIT;
        size_t rows = 0;
        buffer_string(&table, "text,number,\"last\"\r\n");
        for (size_t i = 0; i < shift; i++)
            buffer_byte(&table, 'p');
        buffer_string(&table, ",-125,plain\r\n");
        while (table.size < 2 * BLOCK + 1000) {
            buffer_string(&table, RECORD);
            rows++;
        }
        struct writer *writer = import(&table, NULL, &error);
        assert_string_equal(error.text, "");
        const struct schema *schema = writer_schema(writer);
        assert_int_equal(schema->num_features, 3);
        assert_string_equal(schema->features[2].name, "last");
        assert_int_equal(schema->features[0].num_classes, 2);
        // "(missing)" and "pp…" sort before "x"
        assert_string_equal(schema->features[0].classes[1].name, TEXT);
        assert_int_equal(fake_writer_count(writer, 0, 0), rows + 1);
        const uint8_t *ids = (const uint8_t *)fake_writer_rows(writer, 0, 0)->data;
        const char *numbers = fake_writer_rows(writer, 0, 1)->data;
        assert_int_equal(ids[0], 0);
        for (size_t i = 0; i <= rows; i++) {
            double number;
            memcpy(&number, numbers + i * sizeof number, sizeof number);
            assert_true(number == -125);
            assert_true(i == 0 || ids[i] == 1);
        }
        writer_free(writer);
        buffer_free(&table);
    }
}

// Lines are counted across blocks and quotes.
static void counts_lines(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct buffer table = BUFFER_INIT;
    buffer_string(&table, "a,b\n");
    for (int i = 0; i < 20000; i++)
        buffer_string(&table, i % 2 ? "1,\"x\ny\"\n" : "\r\n2,z\r\n");
    buffer_string(&table, "3\n");
    assert_null(import(&table, NULL, &error));
    assert_string_equal(error.text, "table.csv: line 40002 has 1 columns, the first has 2");
    buffer_free(&table);
}

static void bounds_a_record(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct buffer table = BUFFER_INIT;
    buffer_string(&table, "a,b\n1,\"");
    for (int i = 0; i < (17 << 20) / 16; i++)
        buffer_string(&table, "0123456789abcde\n");
    assert_null(import(&table, NULL, &error));
    assert_string_equal(error.text,
                        "table.csv: line 2: the record has more than 16 MiB; is a quote "
                        "not closed?");
    assert_int_equal(error.kind, ERROR_LIMIT);
    buffer_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_across_blocks),
        cmocka_unit_test(counts_lines),
        cmocka_unit_test(bounds_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
