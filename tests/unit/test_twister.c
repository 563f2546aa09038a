// SPDX-License-Identifier: MIT
// Expected values come from numpy: RandomState(seed).randint(0, 2**32, 3, dtype=uint64), and the
// SHA-256 of RandomState(seed).shuffle(arange(n)) as little-endian uint32.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/digest.h"
#include "store/twister.h"

static void gives_the_stream_of_numpy(void **state)
{
    (void)state;
    static const struct {
        uint32_t seed, words[3];
    } CASES[] = {
        {0, {2357136044, 2546248239, 3071714933}},
        {113, {3659249829, 529109724, 317413538}},
        {UINT32_MAX, {419326371, 479346978, 3918654476}},
    };
    struct twister twister;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        twister_seed(&twister, CASES[i].seed);
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(twister_next(&twister), CASES[i].words[j]);
    }
}

// The hash of 0 ... count - 1, shuffled.
static void shuffle(struct twister *twister, uint32_t count, char hex[DIGEST_HEX])
{
    uint32_t *values = malloc((count + (size_t)1) * sizeof *values);
    assert_non_null(values);
    for (uint32_t i = 0; i < count; i++)
        values[i] = i;
    twister_shuffle(twister, values, count);
    digest_of(values, count * sizeof *values, hex);
    free(values);
}

// Each: a shuffle of n, then one of 25,000 with the same generator.
static void shuffles_as_numpy_does(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, seed;
        const char *first, *second;
    } CASES[] = {
        {0, 113, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "0306451e7c5830c97b1afc1cc860306c7df726f1cb0b9c41e15f90fbea76003a"},
        {1, 113, "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119",
         "0306451e7c5830c97b1afc1cc860306c7df726f1cb0b9c41e15f90fbea76003a"},
        {2, 113, "01acecb507abfe1a354aa8064f4af5d3f1acd019e37db3c11c97523b71c76e9d",
         "f0dc2e55c4e2616158e231f97a4364f95a6b3a6021002b3b8762594dd9f15bb3"},
        {3, 0, "363f012b74b9c88d828c809a568dc50627214866415aeb36ef6effbc3061741f",
         "77fc79240821f14f14deb634f8cb68cb457d1e15db03b7deb3468deb6f59742e"},
        {506, 113, "c7b460e2725c9bbe12c454a60b29d5dde838d401496c3d104e84d8f8a03c84b1",
         "749077eb76d5cb8315bf2d59f627a61895bac83f1caf5706ba60fdcc9ca2f10c"},
        {11228, 113, "0bfc9bbb7bb915b43a691a91c148a9ba3c529a4f4af745e0438b700cba1e9b15",
         "e56073c165a81ef241414449e1bc6e6f6b656122fae2f1de5597af24706f683b"},
        {25000, 113, "0306451e7c5830c97b1afc1cc860306c7df726f1cb0b9c41e15f90fbea76003a",
         "904be7ce9d3749975d2c41e577de39c867e0e966bdcb7f9dee78824b756e079b"},
        {65536, UINT32_MAX, "90b9928e3ec6aa736272f9c0545ebaa904347dcab750841aacc1a64a22ef02ed",
         "c1bd3157ac48fff07d0565ab8863478503a007c3a748f14a256248ea9203e62d"},
        {65537, 1, "bd8898ef9953dda3e067258019076781b3e89268f3156eaceef718cbb7e45570",
         "4bd9348ea6559d94240f483d34433ff6d100ec65825344c765e0ec420d9d14d1"},
        {300000, 20260101, "d382a8c4e006cc4ecac6625edefd83ad86d5a6eef23053b8b4bb53b6c1ef4454",
         "3a13debdd2917c081e050f75c3a248c5f756b7a1e862bb5b4592022359350e4a"},
    };
    struct twister twister;
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        twister_seed(&twister, CASES[i].seed);
        shuffle(&twister, CASES[i].n, hex);
        assert_string_equal(hex, CASES[i].first);
        shuffle(&twister, 25000, hex);
        assert_string_equal(hex, CASES[i].second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_stream_of_numpy),
        cmocka_unit_test(shuffles_as_numpy_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
