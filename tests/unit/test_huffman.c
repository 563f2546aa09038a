// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "encode/huffman.h"
#include "tests/unit/draw.h"

// The cost of an optimal code without a limit: the sum of all inner nodes when the two lightest are
// joined again and again.
static uint64_t least_cost(const uint32_t *histogram, unsigned symbols)
{
    uint64_t weight[HUFFMAN_SYMBOLS], cost = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < symbols; i++)
        if (histogram[i])
            weight[count++] = histogram[i];
    while (count > 1) {
        for (unsigned least = 0; least < 2; least++) {
            unsigned at = least;
            for (unsigned i = least; i < count; i++)
                if (weight[i] < weight[at])
                    at = i;
            uint64_t moved = weight[at];
            weight[at] = weight[least];
            weight[least] = moved;
        }
        weight[1] += weight[0];
        cost += weight[1];
        weight[0] = weight[--count];
    }
    return cost;
}

static uint64_t cost_of(const uint32_t *histogram, const uint8_t *length, unsigned symbols)
{
    uint64_t cost = 0;
    for (unsigned i = 0; i < symbols; i++)
        cost += (uint64_t)histogram[i] * length[i];
    return cost;
}

// Used symbols have lengths up to the limit, others none, and the code is complete.
static void check_code(const uint32_t *histogram, const uint8_t *length, unsigned symbols,
                       unsigned limit)
{
    uint32_t room = 0;
    for (unsigned i = 0; i < symbols; i++) {
        assert_int_equal(length[i] > 0, histogram[i] > 0);
        assert_true(length[i] <= limit);
        if (length[i])
            room += 1u << (limit - length[i]);
    }
    assert_int_equal(room, 1u << limit);
}

static void few_symbols(void **state)
{
    (void)state;
    uint8_t length[4];
    huffman_lengths(length, (uint32_t[]){0, 0, 0, 0}, 4, 15);
    assert_memory_equal(length, "\0\0\0\0", 4);
    huffman_lengths(length, (uint32_t[]){0, 7, 0, 0}, 4, 15);
    assert_memory_equal(length, "\0\1\0\0", 4);
    huffman_lengths(length, (uint32_t[]){0, 7, 0, 1000}, 4, 15);
    assert_memory_equal(length, "\0\1\0\1", 4);
    huffman_lengths(length, (uint32_t[]){1, 2, 4, 8}, 4, 15);
    assert_memory_equal(length, "\3\3\2\1", 4);
    huffman_lengths(length, (uint32_t[]){1, 2, 4, 8}, 4, 2);
    assert_memory_equal(length, "\2\2\2\2", 4);
}

static void lengths_are_optimal_below_the_limit(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int round = 0; round < 500; round++) {
        unsigned symbols = (unsigned)(2 + draw(&seed) % (HUFFMAN_SYMBOLS - 1));
        uint32_t histogram[HUFFMAN_SYMBOLS];
        unsigned spread = (unsigned)(draw(&seed) % 12);
        for (unsigned i = 0; i < symbols; i++)
            histogram[i] = draw(&seed) % 5 == 0 ? 0 : (uint32_t)(draw(&seed) % (1u << spread));
        histogram[0] = 1;
        histogram[symbols - 1] = 5;
        uint8_t length[HUFFMAN_SYMBOLS];
        huffman_lengths(length, histogram, symbols, 15);
        check_code(histogram, length, symbols, 15);
        bool limited = memchr(length, 15, symbols) != NULL;
        uint64_t cost = cost_of(histogram, length, symbols), least = least_cost(histogram, symbols);
        if (!limited)
            assert_int_equal(cost, least);
        else
            assert_true(cost >= least && cost <= least + least / 50);
        huffman_lengths(length, histogram, symbols, 9);
        check_code(histogram, length, symbols, 9);
    }
}

// Fibonacci's numbers make the deepest tree.
static void the_limit_holds(void **state)
{
    (void)state;
    uint32_t histogram[40] = {1, 1};
    for (unsigned i = 2; i < 40; i++)
        histogram[i] = histogram[i - 1] + histogram[i - 2];
    for (unsigned limit = 6; limit <= 15; limit++) {
        uint8_t length[40];
        huffman_lengths(length, histogram, 40, limit);
        check_code(histogram, length, 40, limit);
    }
    uint32_t even[128];
    for (unsigned i = 0; i < 128; i++)
        even[i] = i + 1;
    uint8_t length[128];
    huffman_lengths(length, even, 128, 7);
    for (unsigned i = 0; i < 128; i++)
        assert_int_equal(length[i], 7);
}

// The example of RFC 1951, section 3.2.2: A to H with lengths 3, 3, 3, 3, 3, 2, 4, 4 have the codes
// 010 011 100 101 110 00 1110 1111; here their bits are reversed.
static void codes_are_canonical(void **state)
{
    (void)state;
    static const uint16_t EXPECTED[] = {2, 6, 1, 5, 3, 0, 7, 15};
    uint16_t code[8];
    huffman_codes(code, (const uint8_t[]){3, 3, 3, 3, 3, 2, 4, 4}, 8);
    assert_memory_equal(code, EXPECTED, sizeof code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_symbols),
        cmocka_unit_test(lengths_are_optimal_below_the_limit),
        cmocka_unit_test(the_limit_holds),
        cmocka_unit_test(codes_are_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
