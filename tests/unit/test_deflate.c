// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "encode/deflate.h"
#include "tests/unit/draw.h"

// Fails unless zlib unpacks the stream to exactly these bytes and uses all of it.
static void check_stream(const uint8_t *stream, size_t stream_size, const uint8_t *in, size_t size)
{
    uint8_t *unpacked = malloc(size + 1);
    assert_non_null(unpacked);
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)stream,
                  .avail_in = (uInt)stream_size,
                  .next_out = unpacked,
                  .avail_out = (uInt)size + 1};
    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, size);
    assert_int_equal(z.avail_in, 0);
    inflateEnd(&z);
    assert_memory_equal(unpacked, in, size);
    free(unpacked);
}

// Packs exactly-sized input as one block under its own code; returns how long the stream is.
static size_t round_trip(const uint8_t *bytes, size_t size)
{
    uint8_t *in = malloc(size), *stream = malloc(size * DEFLATE_LIMIT / 8 + 512);
    assert_non_null(in);
    assert_non_null(stream);
    memcpy(in, bytes, size);
    uint32_t histogram[DEFLATE_SYMBOLS] = {0};
    struct deflate_code code;
    uint64_t beside = deflate_count(histogram, in, size);
    deflate_code_make(&code, histogram);
    struct deflate_out out = {.at = stream, .bits = 0, .count = 0};
    deflate_begin(&out, &code, 1);
    deflate_bytes(&out, &code, in, size);
    deflate_end(&out, &code);
    uint64_t bits = 8 * (uint64_t)(out.at - stream) + out.count;
    deflate_align(&out);
    size_t stream_size = (size_t)(out.at - stream);

    // What counting foretold is what was written.
    assert_int_equal(bits, 3 + code.header_bits + deflate_cost(&code, histogram) + beside);
    check_stream(stream, stream_size, in, size);
    free(in);
    free(stream);
    return stream_size;
}

static void runs_of_every_length_at_every_place(void **state)
{
    (void)state;
    uint8_t bytes[1200];
    for (size_t run = 0; run < 600; run += run < 40 || (run > 250 && run < 280) ? 1 : 7) {
        for (size_t before = 0; before < 18; before++) {
            size_t after = (run + before) % 11, size = before + run + after;
            if (size == 0)
                continue;
            memset(bytes, 7, sizeof bytes);
            memset(bytes + before, 0, run);
            round_trip(bytes, size);
        }
    }
}

static void arbitrary_bytes(void **state)
{
    (void)state;
    uint64_t seed = 5;
    enum { MOST = 70000 };
    uint8_t *bytes = malloc(MOST);
    assert_non_null(bytes);
    for (int round = 0; round < 120; round++) {
        size_t size = 1 + draw(&seed) % (round % 10 ? 2000 : MOST);
        unsigned zeros = (unsigned)(draw(&seed) % 20), kinds = (unsigned)(1 + draw(&seed) % 256);
        size_t at = 0;
        while (at < size) {
            size_t piece = 1 + draw(&seed) % (draw(&seed) % 8 ? 12 : 1000);
            unsigned few = draw(&seed) % 20 < zeros ? 1 : kinds;
            for (; piece > 0 && at < size; piece--)
                bytes[at++] = (uint8_t)(draw(&seed) % few);
        }
        round_trip(bytes, size);
    }
    free(bytes);
}

// Frequencies like Fibonacci's numbers make codes of the longest length.
static void longest_codes(void **state)
{
    (void)state;
    enum { MOST = 60000 };
    uint8_t *bytes = malloc(MOST);
    assert_non_null(bytes);
    size_t size = 0, count = 1, last = 1;
    for (unsigned value = 1; size + count <= MOST; value++) {
        memset(bytes + size, (int)(value * 11 % 256), count);
        size += count;
        size_t next = count + last;
        last = count;
        count = next;
    }
    round_trip(bytes, size);
    free(bytes);
}

static void long_runs_cost_next_to_nothing(void **state)
{
    (void)state;
    enum { SIZE = 32768 };
    uint8_t *bytes = calloc(SIZE, 1);
    assert_non_null(bytes);
    assert_true(round_trip(bytes, SIZE) < SIZE / 258 / 4 + 40); // two bits for 258 bytes
    free(bytes);
}

static void a_code_without_a_symbol_costs_too_much(void **state)
{
    (void)state;
    uint32_t one[DEFLATE_SYMBOLS] = {[5] = 3, [DEFLATE_END] = 1};
    uint32_t other[DEFLATE_SYMBOLS] = {[5] = 1, [6] = 1, [DEFLATE_END] = 1};
    struct deflate_code code;
    deflate_code_make(&code, one);
    assert_int_equal(deflate_cost(&code, one), 4);
    assert_true(deflate_cost(&code, other) == UINT64_MAX);
}

static void blocks_follow_each_other(void **state)
{
    (void)state;
    uint8_t in[3000], stream[5000];
    uint64_t seed = 9;
    for (size_t i = 0; i < 1000; i++) {
        in[i] = (uint8_t)(draw(&seed) % 3);
        in[1000 + i] = (uint8_t)draw(&seed);
        in[2000 + i] = in[i];
    }
    uint32_t histogram[DEFLATE_SYMBOLS] = {0};
    struct deflate_code code;
    deflate_count(histogram, in, 1000);
    deflate_code_make(&code, histogram);
    struct deflate_out out = {.at = stream, .bits = 0, .count = 0};
    deflate_begin(&out, &code, 0);
    deflate_bytes(&out, &code, in, 1000);
    deflate_end(&out, &code);
    deflate_stored(&out, in + 1000, 1000, 0);
    deflate_begin(&out, &code, 0);
    deflate_bytes(&out, &code, in + 2000, 500);
    deflate_bytes(&out, &code, in + 2500, 500);
    deflate_end(&out, &code);
    deflate_finish(&out);
    check_stream(stream, (size_t)(out.at - stream), in, sizeof in);

    out = (struct deflate_out){.at = stream, .bits = 0, .count = 0};
    deflate_stored(&out, in, 1000, 1);
    assert_int_equal(out.at - stream, 1005);
    check_stream(stream, 1005, in, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_every_length_at_every_place),
        cmocka_unit_test(arbitrary_bytes),
        cmocka_unit_test(longest_codes),
        cmocka_unit_test(long_runs_cost_next_to_nothing),
        cmocka_unit_test(a_code_without_a_symbol_costs_too_much),
        cmocka_unit_test(blocks_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
