// SPDX-License-Identifier: MIT
// Hashes here are SHA-256 over each sample's index, number of ids and ids as little-endian int64,
// in order, computed by tests/support/keras.py.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/cache.h"
#include "store/keras.h"
#include "tests/unit/scratch.h"

enum { LONGEST = 24 };
#define NONE UINT32_MAX

struct opened {
    struct scratch *scratch;
    struct library *library;
    struct snapshot *snapshot;
};

// Sample i has (7 i + salt) mod 23 + 1 ids, of which number j is (i j + salt) mod 50 + 1.
static bool append(struct writer *writer, const char *name, int count, int salt,
                   struct error *error)
{
    int split = writer_split(writer, name, error);
    for (int i = 0; i < count; i++) {
        int32_t ids[LONGEST];
        uint64_t size = (uint64_t)((7 * i + salt) % 23 + 1);
        for (int j = 0; j < (int)size; j++)
            ids[j] = (i * j + salt) % 50 + 1;
        if (!writer_append_runs(writer, split, 0, ids, &size, 1, error))
            return false;
    }
    return true;
}

// A dataset of tokens: one split of 200 samples, or two of 200 and 90.
static bool import(struct folder *folder, const char *name, bool two, struct error *error)
{
    struct writer_options options = {.name = name};
    struct feature tokens = {.name = (char[]){"tokens"},
                             .kind = FEATURE_TOKENS,
                             .storage = STORAGE_RAGGED,
                             .dtype = DTYPE_INT32,
                             .parent = -1};
    struct writer_result result;
    struct writer *writer = writer_new(folder, &options, error);
    bool ok = writer && writer_feature(writer, &tokens, error) == 0 &&
              append(writer, two ? "train" : "all", 200, 1, error) &&
              (!two || append(writer, "test", 90, 2, error)) &&
              writer_commit(writer, &result, error);
    writer_free(writer);
    return ok;
}

static int setup(void **state)
{
    struct opened *opened = calloc(1, sizeof *opened);
    struct error error = ERROR_INIT;
    if (scratch_setup((void **)&opened->scratch) != 0)
        return -1;
    bool ok = import(opened->scratch->folder, "two", true, &error) &&
              import(opened->scratch->folder, "pool", false, &error);
    opened->library = ok ? library_open(opened->scratch->path, NULL, NULL, &error) : NULL;
    if (!opened->library) {
        fprintf(stderr, "%s\n", error.text);
        return -1;
    }
    opened->snapshot = library_snapshot(opened->library);
    *state = opened;
    return 0;
}

static int teardown(void **state)
{
    struct opened *opened = *state;
    snapshot_release(opened->snapshot);
    library_close(opened->library);
    int code = scratch_teardown((void **)&opened->scratch);
    free(opened);
    return code;
}

// tokens: start_char, oov_char (NONE for none), index_from, skip_top, num_words, maxlen.
struct load_case {
    uint32_t seed;
    double test_split;
    uint32_t tokens[6];
    const char *train, *test;
};

static struct keras_arguments arguments_of(const struct load_case *from, bool test)
{
    return (struct keras_arguments){
        .test = test,
        .seed = from->seed,
        .test_split = from->test_split,
        .tokens = {.has_start = from->tokens[0] != NONE,
                   .start_char = from->tokens[0],
                   .has_oov = from->tokens[1] != NONE,
                   .oov_char = from->tokens[1],
                   .index_from = from->tokens[2],
                   .skip_top = from->tokens[3],
                   .num_words = from->tokens[4],
                   .maxlen = from->tokens[5]},
    };
}

static void hash_part(struct dataset *dataset, const struct keras_part *part, char hex[DIGEST_HEX])
{
    struct digest digest;
    digest_init(&digest);
    for (uint64_t i = 0; i < part->order.count; i++) {
        uint64_t index = part->order.table->values[part->order.from + i], size;
        const int32_t *run = dataset_run(dataset, part->split, 0, index, &size);
        int64_t ids[LONGEST + 1];
        int64_t count = (int64_t)token_reading_apply(&part->reading, run, size, ids);
        digest_update(&digest, &index, sizeof index);
        digest_update(&digest, &count, sizeof count);
        digest_update(&digest, ids, (size_t)count * sizeof *ids);
    }
    digest_hex(&digest, hex);
}

static void check(struct opened *opened, const char *name, const struct load_case *cases,
                  size_t count)
{
    struct dataset *dataset = snapshot_find(opened->snapshot, name);
    struct keras_plan plan;
    assert_true(keras_plan(dataset_schema(dataset), &plan, NULL));
    for (size_t i = 0; i < count; i++) {
        for (int test = 0; test < 2; test++) {
            struct keras_arguments arguments = arguments_of(&cases[i], test);
            struct keras_part part;
            struct error error = ERROR_INIT;
            const char *blame = NULL;
            char hex[DIGEST_HEX];
            if (!keras_load(dataset, &plan, &arguments, &part, &blame, &error))
                fail_msg("case %zu: %s", i, error.text);
            hash_part(dataset, &part, hex);
            keras_part_clear(&part);
            assert_string_equal(hex, test ? cases[i].test : cases[i].train);
        }
    }
}

static void loads_two_splits(void **state)
{
    static const struct load_case CASES[] = {
        {113, 0.2, {1, 2, 3, 0, 0, 0},
         "10389c24c04ba7c1790e9be5fe1753d17de4ee7d4c1e5269c3546a37bbc7a48d",
         "8f54f7d6ea2b38445491a5132d3d7906ce9d3454367f4b64465fb415d16eebb5"},
        {113, 0.2, {1, 2, 3, 0, 20, 0},
         "a4cbaca176e178323bfb33a8f74a4c7219cac41466b29b8ad5af3c36eeb46349",
         "204c59ccecf34e7b36cec9227148b6b7cedb4de66b4c66697200e86d86c043c5"},
        {113, 0.2, {1, 2, 3, 5, 30, 12},
         "fc25235511a2f979dbc17dfb00be7bd548e9e64615313194edd96aefd29d84bd",
         "dd9e8379cc62040ff3a742082e7230e816143fe6a48930c1b6a452218c239c5c"},
        {113, 0.2, {NONE, 2, 3, 0, 0, 12},
         "dbc16fc04f7d0a40bc4692f66ea7a0bab065a0fab465bcb2e4b4a3a133b191ea",
         "ee414e721b26481b251d23196e5e9d01cff40e1b590e9e176905ad770d16d791"},
        {113, 0.2, {1, NONE, 3, 0, 20, 0},
         "cfa1d3733900d5fd85804c58a7b6e58fb9e853704112be1dd6acc4686df13afb",
         "11f973cc03e1122db592c07d240c6620f0c9d7c8c536ec41770ef6f6225cea05"},
        {4294967295u, 0.2, {NONE, 2, 0, 0, 0, 0},
         "172d5649bb7ff486e4f670a12e87e758adcf8873ebf7e3f475061765f3a0afec",
         "986baa50301cbd78b2618036dff833bd1023908490b314eb498acebdf42a08ce"},
        {113, 0.2, {1000, 2, 3, 0, 0, 0},
         "314ceceffdca700bae01519125562c6619cb42bc7190f5297891d691a310702e",
         "5b1bdd7ebf4e745dd44bfd034876573365e9c61435beb4dc7f1a445abd57fbbb"},
        {113, 0.2, {1, 2, 3, 0, 7, 4},
         "0681ad0d39cd01c86fe50eb9422809537393a2cb2ac42bd0b25abee2a64e2c74",
         "ad9ecd3611995811850096880691a1c54ac4e87a25d85c7d4a52904959e56e46"},
    };
    check(*state, "two", CASES, sizeof CASES / sizeof *CASES);
}

static void loads_a_pool(void **state)
{
    static const struct load_case CASES[] = {
        {113, 0.2, {1, 2, 3, 0, 0, 0},
         "d0a49f4aef289b8f81db4bea2e9dd5d21c761b8e8aa289a582ca26d3b2225031",
         "605ffd44c24c764b7e9ea656180f8b21d33a2e4487096cb5a7b20170a3021929"},
        {113, 0.35, {1, 2, 3, 0, 20, 0},
         "1cc192677c4469dcb89acc2901c194f86b6be9d320e5b1f49dc927fed8303477",
         "33704c48d2db49d2c150bd6e05d64d76a86111899544a65134a324e2255dddc8"},
        {113, 0.2, {1, 2, 3, 5, 30, 12},
         "1d4e1b6b1a1401dc2bd8110eca9505349f4b6f048a40a4074a9c458527bcfb27",
         "3d354ac07972b69547f6d0fcd99d57f75a0f143c59c467d3aa51f60a6b1ed660"},
        {113, 0.5, {NONE, 2, 3, 0, 0, 12},
         "f182cfd9fa775c683ace98cff9f262ec2b073310d790072548f755a94ece9aff",
         "98de14fbb1ccb70ea4783ef2843177481a1fd64f97a6c890282407b408ee1911"},
        {113, 0, {1, NONE, 3, 0, 20, 0},
         "cfa1d3733900d5fd85804c58a7b6e58fb9e853704112be1dd6acc4686df13afb",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {113, 1, {1, 2, 3, 0, 0, 0},
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "10389c24c04ba7c1790e9be5fe1753d17de4ee7d4c1e5269c3546a37bbc7a48d"},
        {113, 0.2, {1, 2, 3, 0, 7, 1},
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {0, 0.2, {1, 2, 3, 0, 0, 23},
         "6fa30ed07043261680ef606c93d6a77d3f7faf8dcdd257306f6fc0b094018074",
         "eb0f1d5c6b81b7e755c1c1394e17933628eebd15a7e49dd5e98f20ec3413e752"},
    };
    check(*state, "pool", CASES, sizeof CASES / sizeof *CASES);
}

static void says_what_is_to_blame(void **state)
{
    struct opened *opened = *state;
    static const struct load_case CASE = {113, 0.2, {1, 2, 3, 0, 10, 2}, NULL, NULL};
    for (int test = 0; test < 2; test++) {
        struct dataset *dataset = snapshot_find(opened->snapshot, "two");
        struct keras_arguments arguments = arguments_of(&CASE, test);
        struct keras_plan plan;
        struct keras_part part;
        struct error error = ERROR_INIT;
        const char *blame = NULL;
        assert_true(keras_plan(dataset_schema(dataset), &plan, &error));
        assert_false(keras_load(dataset, &plan, &arguments, &part, &blame, &error));
        assert_string_equal(blame, "maxlen");
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_non_null(strstr(error.text, "maxlen=2, no sequence was kept"));
    }
}

// A schema of features of these kinds ('i' image, 'c' class, 's' scalar, 't' tokens; the last is
// the target) in splits of these names; false when Keras would not load it.
static bool plan_of(const char *kinds, const char *const *names, struct keras_plan *plan)
{
    struct feature features[4] = {{.num_words = 0}};
    struct split splits[4] = {{.bytes = 0}};
    struct schema schema = {.name = (char[]){"d"}, .features = features, .splits = splits};
    for (; kinds[schema.num_features]; schema.num_features++) {
        char kind = kinds[schema.num_features];
        features[schema.num_features].kind = kind == 'i'   ? FEATURE_IMAGE
                                             : kind == 'c' ? FEATURE_CLASS
                                             : kind == 's' ? FEATURE_SCALAR
                                                           : FEATURE_TOKENS;
        features[schema.num_features].target = !kinds[schema.num_features + 1];
    }
    for (; names[schema.num_splits]; schema.num_splits++)
        splits[schema.num_splits].name = (char *)(uintptr_t)names[schema.num_splits];
    struct error error = ERROR_INIT;
    bool ok = keras_plan(&schema, plan, &error);
    assert_int_equal(error.kind, ok ? ERROR_NONE : ERROR_INPUT);
    return ok;
}

static void plans_by_shape(void **state)
{
    (void)state;
    static const char *const ONE[] = {"all", NULL}, *const TWO[] = {"train", "test", NULL},
                      *const MORE[] = {"train", "test", "extra", NULL},
                      *const OTHER[] = {"a", "b", NULL};
    struct keras_plan plan;
    assert_true(plan_of("tc", TWO, &plan) && plan.way == KERAS_SPLITS && plan.tokens == 0);
    assert_true(plan_of("ct", MORE, &plan) && plan.way == KERAS_SPLITS && plan.tokens == 1);
    assert_true(plan_of("tc", ONE, &plan) && plan.way == KERAS_POOL && plan.tokens == 0);
    assert_true(plan_of("sss", ONE, &plan) && plan.way == KERAS_POOL && plan.tokens == -1);
    assert_true(plan_of("ic", TWO, &plan) && plan.way == KERAS_STORED && plan.tokens == -1);
    assert_false(plan_of("tc", OTHER, &plan));
    assert_false(plan_of("ttc", TWO, &plan));
    assert_false(plan_of("ic", ONE, &plan));
    assert_false(plan_of("ic", OTHER, &plan));
    assert_false(plan_of("ssc", ONE, &plan));
    assert_false(plan_of("sss", TWO, &plan));
    assert_false(plan_of("s", ONE, &plan));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(loads_two_splits),
        TEST(loads_a_pool),
        TEST(says_what_is_to_blame),
        cmocka_unit_test(plans_by_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
