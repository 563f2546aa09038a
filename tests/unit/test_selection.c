// SPDX-License-Identifier: MIT
// Hashes here are SHA-256 over the selected indices as little-endian uint64, computed with numpy
// from the same arithmetic and from the definition of the shuffle in store/shuffle.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "store/cache.h"
#include "store/selection.h"
#include "store/shuffle.h"
#include "tests/unit/scratch.h"

enum { SAMPLES = 20000, FINE = 0, COARSE = 1 };

struct opened {
    struct scratch *scratch;
    struct library *library;
    struct snapshot *snapshot;
    struct dataset *dataset;
};

// Sample i has the fine class (i * i + 3 i) mod 101 and the coarse class (i / 7) mod 5.
static int setup(void **state)
{
    struct opened *opened = calloc(1, sizeof *opened);
    struct error error = ERROR_INIT;
    if (scratch_setup((void **)&opened->scratch) != 0)
        return -1;
    struct writer_options options = {.name = "s"};
    struct feature fine = {
        .name = (char[]){"fine"}, .kind = FEATURE_CLASS, .dtype = DTYPE_INT32, .parent = -1};
    struct feature coarse = {
        .name = (char[]){"coarse"}, .kind = FEATURE_CLASS, .dtype = DTYPE_UINT8, .parent = -1};
    struct writer *writer = writer_new(opened->scratch->folder, &options, &error);
    int split = writer_split(writer, "train", &error);
    bool ok = writer_feature(writer, &fine, &error) == FINE &&
              writer_feature(writer, &coarse, &error) == COARSE;
    for (uint32_t i = 0; ok && i < SAMPLES; i++) {
        int32_t a = (int32_t)((i * i + 3 * i) % 101);
        uint8_t b = (uint8_t)(i / 7 % 5);
        ok = writer_append(writer, split, FINE, &a, 1, &error) &&
             writer_append(writer, split, COARSE, &b, 1, &error);
    }
    for (int id = 0; ok && id < 101; id++) {
        char name[8];
        snprintf(name, sizeof name, "f%d", id);
        ok = writer_class(writer, FINE, name, -1, &error);
    }
    struct writer_result result;
    ok = ok && writer_commit(writer, &result, &error);
    writer_free(writer);
    opened->library = ok ? library_open(opened->scratch->path, NULL, NULL, &error) : NULL;
    if (!opened->library) {
        fprintf(stderr, "%s\n", error.text);
        return -1;
    }
    opened->snapshot = library_snapshot(opened->library);
    opened->dataset = snapshot_find(opened->snapshot, "s");
    *state = opened;
    return opened->dataset ? 0 : -1;
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

// The hash of all that is selected, read in pieces of uneven sizes, with its number in *count.
static void hash_all(struct dataset *dataset, const struct selection_query *query,
                     char hex[DIGEST_HEX], uint64_t *count)
{
    struct error error = ERROR_INIT;
    struct selection *selection = selection_new(dataset, query, &error);
    if (!selection)
        fail_msg("%s", error.text);
    struct digest digest;
    digest_init(&digest);
    uint64_t piece[977], from = 0;
    *count = selection_count(selection);
    for (uint64_t size = 1; from < *count; from += size, size = size % 977 + 1) {
        size = *count - from < size ? *count - from : size;
        selection_indices(selection, from, size, piece);
        digest_update(&digest, piece, size * sizeof *piece);
    }
    digest_hex(&digest, hex);
    selection_free(selection);
}

static void selects(struct opened *opened, struct selection_query query, uint64_t count,
                    const char *expected)
{
    char hex[DIGEST_HEX];
    uint64_t got;
    query.limit = UINT64_MAX;
    query.shards = query.shards ? query.shards : 1;
    hash_all(opened->dataset, &query, hex, &got);
    assert_int_equal(got, count);
    assert_string_equal(hex, expected);
}

static void shuffles_as_numpy_does(void **state)
{
    (void)state;
    static const struct {
        uint32_t n;
        uint64_t seed, epoch;
        const char *sha256; // of the places as little-endian uint32
    } CASES[] = {
        {1, 0, 0, "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119"},
        {2, 0, 0, "7c9fa136d4413fa6173637e883b6998d32e1d675f88cddff9dcbcf331820f4b8"},
        {10, 0, 0, "06d487f247ce5c8980df7a3fcea902b35323c68b83ce10d15e580a045943d226"},
        {10, 0, 1, "dece139ea1dbc44a876ac08dadb9efeb822832411ae5ab79777499c3e3fc2630"},
        {10, 1, 0, "5742738f3a3aaec16f664b6774a3464354041c3f82c4ec999360a1ede80abd23"},
        {1000, 42, 7, "7a2d877dd966f91022fec58561ad986b6b846c3365b546eaac5cda24227e9944"},
        {50000, 1, 2, "5178afda7649463540ed72b57c565834d2c68d84fdd90da49f4c7a4c863351a0"},
        {1000003, UINT64_MAX, UINT64_MAX,
         "dbf460983ded48d1cc13780b0460ba0c63ce6104a4b3da60a2371a6ce424d3b6"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char hex[DIGEST_HEX];
        uint32_t *places = malloc(CASES[i].n * sizeof *places);
        assert_true(shuffle_permutation(places, CASES[i].n, CASES[i].seed, CASES[i].epoch));
        digest_of(places, CASES[i].n * sizeof *places, hex);
        assert_string_equal(hex, CASES[i].sha256);
        free(places);
    }
    assert_true(shuffle_permutation(NULL, 0, 1, 1));
}

static void windows_over_all(void **state)
{
    struct opened *opened = *state;
    struct error error = ERROR_INIT;
    uint64_t out[3], first;
    struct selection_query query = {.shards = 1, .offset = 19998, .limit = 100};
    struct selection *selection = selection_new(opened->dataset, &query, &error);
    assert_int_equal(selection_total(selection), SAMPLES);
    assert_int_equal(selection_count(selection), 2);
    selection_indices(selection, 0, 2, out);
    assert_int_equal(out[0], 19998);
    assert_int_equal(out[1], 19999);
    assert_true(selection_is_run(selection, &first));
    assert_int_equal(first, 19998);
    selection_free(selection);
    query.offset = UINT64_MAX;
    selection = selection_new(opened->dataset, &query, &error);
    assert_int_equal(selection_total(selection), SAMPLES);
    assert_int_equal(selection_count(selection), 0);
    assert_true(selection_is_run(selection, &first));
    selection_free(selection);
    selection_free(NULL);
}

static void filters_by_class(void **state)
{
    struct opened *opened = *state;
    struct class_filter one = {FINE, (long[]){0}, 1}, none = {FINE, (long[]){5}, 1};
    struct class_filter few = {FINE, (long[]){90, 5, 5, 17, 0}, 5}, nothing = {FINE, NULL, 0};
    long ids[101];
    for (long i = 0; i < 101; i++)
        ids[i] = i;
    struct class_filter forty = {FINE, ids, 40}, seventy = {FINE, ids + 20, 70};
    struct class_filter every[] = {{FINE, ids, 101}, {COARSE, (long[]){3, 0, 1, 4, 2}, 5}};
    struct class_filter both[] = {few, {COARSE, (long[]){4, 1}, 2}};
    selects(opened, (struct selection_query){.filters = &one, .num_filters = 1}, 397,
            "ae45e742e90bd9052652630fba05d2f57f7a5f117e4b071eeb1213b42c502d16");
    selects(opened, (struct selection_query){.filters = &none, .num_filters = 1}, 0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    selects(opened, (struct selection_query){.filters = &nothing, .num_filters = 1}, 0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    selects(opened, (struct selection_query){.filters = &few, .num_filters = 1}, 793,
            "fe0aa510863a7af4d1e1bca260cfe777ee6891d547f4c7a99be4b073a24ae0fc");
    selects(opened, (struct selection_query){.filters = &forty, .num_filters = 1}, 8912,
            "60cb5255c61d605761001704af79794c6d4442baab75709ddc789ab7d529eba1");
    selects(opened, (struct selection_query){.filters = &seventy, .num_filters = 1}, 12870,
            "1b29df20f2ae80cf958ac405460339c223c6631990d84582579597997e7a64dd");
    for (int i = 0; i < 2; i++) // the second time from the cache
        selects(opened, (struct selection_query){.filters = both, .num_filters = 2}, 315,
                "59ba8f8ab1f0c13433a57176a0af6ce02c498b97f6220e61e860a07051a0ada0");
    uint64_t count;
    char plain[DIGEST_HEX], all[DIGEST_HEX];
    hash_all(opened->dataset, &(struct selection_query){.shards = 1, .limit = SAMPLES}, plain,
             &count);
    hash_all(opened->dataset,
             &(struct selection_query){
                 .filters = every, .num_filters = 2, .shards = 1, .limit = SAMPLES},
             all, &count);
    assert_string_equal(plain, all);
}

static void shuffles_and_shards(void **state)
{
    struct opened *opened = *state;
    struct class_filter few = {FINE, (long[]){90, 5, 5, 17, 0}, 5},
                        coarse = {COARSE, (long[]){2}, 1};
    selects(opened, (struct selection_query){.order = ORDER_SHUFFLE, .seed = 3, .epoch = 1},
            SAMPLES, "644610ac3fce5c57682cbcfa5057e96464e7b75ddc64db340f096d8ce217ec19");
    struct selection_query query = {
        .filters = &few, .num_filters = 1, .order = ORDER_SHUFFLE, .seed = 11, .epoch = 2};
    selects(opened, query, 793, "920d0599ba60bfe934cfa0438bf5348c161dfd662ec00712292b9fe9f243d227");
    query.shard = 1;
    query.shards = 3;
    selects(opened, query, 264, "0713631cb7531335c7c3ba9398958f2c20b1e4c214664a89c2874fc78e7e5d58");
    selects(opened, (struct selection_query){.shard = 2, .shards = 7}, 2857,
            "a5980ae2c4587e1deb12455aed757dcd1d121da790bc23f2f6c9f84cbce7c651");
    selects(opened,
            (struct selection_query){.filters = &few, .num_filters = 1, .shard = 3, .shards = 4},
            198, "74c40a8702ef5ab134441c1932a6741b2358470dd2f7623e4ec6a25917ba83ef");
    selects(opened,
            (struct selection_query){.filters = &coarse, .num_filters = 1, .order = ORDER_SHUFFLE},
            3998, "4ee4932a34699ad0703a7a365fc003f912f1df6a1c6dff60f9cfbc5fe739039a");
    selects(opened, (struct selection_query){.shard = SAMPLES, .shards = UINT64_MAX}, 0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void takes_lists(void **state)
{
    struct opened *opened = *state;
    struct error error = ERROR_INIT;
    uint64_t indices[] = {7, 19999, 9, 10, 11, 7}, out[6], first;
    struct selection_query query = {.indices = indices, .num_indices = 6, .offset = 1, .limit = 4};
    struct selection *selection = selection_new(opened->dataset, &query, &error);
    assert_int_equal(selection_total(selection), 6);
    assert_int_equal(selection_count(selection), 4);
    selection_indices(selection, 0, 4, out);
    assert_memory_equal(out, indices + 1, 4 * sizeof *out);
    assert_false(selection_is_run(selection, &first));
    selection_free(selection);
    query.offset = 2;
    query.limit = 3;
    selection = selection_new(opened->dataset, &query, &error);
    assert_true(selection_is_run(selection, &first));
    assert_int_equal(first, 9);
    selection_free(selection);
    indices[3] = SAMPLES;
    assert_null(selection_new(opened->dataset, &query, &error));
    assert_int_equal(error.kind, ERROR_MISSING);
    assert_string_equal(error.text, "no sample 20000 in split \"train\"; it has 20000, from 0 on");
}

// Place i is sample 7 i mod SAMPLES, from place 11 on.
static struct sample_order make_order(uint64_t count)
{
    struct sample_order order = {.from = 11, .count = count, .key = "sevens"};
    struct table *table = table_new(count + order.from, NULL);
    for (uint64_t i = 0; i < count + order.from; i++)
        table->values[i] = (uint32_t)(7 * i % SAMPLES);
    order.table = table;
    return order;
}

static uint64_t seven(uint64_t place)
{
    return 7 * (place + 11) % SAMPLES;
}

static void works_over_an_order(void **state)
{
    struct opened *opened = *state;
    struct sample_order order = make_order(9000);
    struct selection_query query = {.base = &order, .shards = 1, .offset = 10, .limit = 50};
    uint64_t out[200], first;
    struct selection *selection = selection_new(opened->dataset, &query, NULL);
    assert_int_equal(selection_total(selection), 9000);
    selection_indices(selection, 0, 50, out);
    for (uint64_t i = 0; i < 50; i++)
        assert_int_equal(out[i], seven(10 + i));
    assert_false(selection_is_run(selection, &first));
    selection_free(selection);

    // A filter leaves places, in their order; a second time from the cache.
    long ids[] = {3, 0};
    struct class_filter filter = {COARSE, ids, 2};
    query = (struct selection_query){
        .base = &order, .filters = &filter, .num_filters = 1, .shards = 1, .limit = 200};
    for (int twice = 0; twice < 2; twice++) {
        selection = selection_new(opened->dataset, &query, NULL);
        selection_indices(selection, 0, 200, out);
        uint64_t total = 0;
        for (uint64_t i = 0; i < 9000; i++) {
            uint64_t coarse = seven(i) / 7 % 5;
            if (coarse != 0 && coarse != 3)
                continue;
            if (total < 200)
                assert_int_equal(out[total], seven(i));
            total++;
        }
        assert_int_equal(selection_total(selection), total);
        selection_free(selection);
    }

    // Shards and shuffles are over the places.
    query = (struct selection_query){.base = &order, .shard = 2, .shards = 9, .limit = 100};
    selection = selection_new(opened->dataset, &query, NULL);
    assert_int_equal(selection_total(selection), 1000);
    selection_indices(selection, 0, 100, out);
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(out[i], seven(2 + 9 * i));
    selection_free(selection);
    uint32_t *places = malloc(9000 * sizeof *places);
    assert_true(shuffle_permutation(places, 9000, 5, 6));
    query = (struct selection_query){
        .base = &order, .order = ORDER_SHUFFLE, .seed = 5, .epoch = 6, .shards = 1, .limit = 100};
    selection = selection_new(opened->dataset, &query, NULL);
    table_release(order.table); // the selection holds it
    selection_indices(selection, 0, 100, out);
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(out[i], seven(places[i]));
    selection_free(selection);
    free(places);
}

static void knows_runs(void **state)
{
    struct opened *opened = *state;
    uint64_t first;
    // Coarse class 1 has the samples 7 to 13, 42 to 48, ...
    struct class_filter coarse = {COARSE, (long[]){1}, 1};
    struct selection_query query = {.filters = &coarse, .num_filters = 1, .shards = 1, .limit = 7};
    struct selection *selection = selection_new(opened->dataset, &query, NULL);
    assert_true(selection_is_run(selection, &first));
    assert_int_equal(first, 7);
    selection_free(selection);
    query.limit = 8;
    selection = selection_new(opened->dataset, &query, NULL);
    assert_false(selection_is_run(selection, &first));
    selection_free(selection);
    query = (struct selection_query){.order = ORDER_SHUFFLE, .shards = 1, .limit = 2, .offset = 5};
    selection = selection_new(opened->dataset, &query, NULL);
    assert_false(selection_is_run(selection, &first));
    selection_free(selection);
}

static void refuses_what_is_no_class(void **state)
{
    struct opened *opened = *state;
    struct error error = ERROR_INIT;
    struct class_filter bad = {FINE, (long[]){1, 101}, 2};
    struct selection_query query = {.filters = &bad, .num_filters = 1, .shards = 1, .limit = 1};
    assert_null(selection_new(opened->dataset, &query, &error));
    assert_int_equal(error.kind, ERROR_MISSING);
    assert_non_null(strstr(error.text, "\"fine\" has no class 101"));
    bad.ids = (long[]){-1};
    bad.num_ids = 1;
    assert_null(selection_new(opened->dataset, &query, NULL));
}

// A class index that was overwritten must not lead anyone outside of the arrays.
static void survives_a_damaged_index(void **state)
{
    struct opened *opened = *state;
    const char *revision = dataset_schema(opened->dataset)->revision;
    int file = open(scratch_path(opened->scratch, "arrays/s/%s/train/fine.by_class.npy", revision),
                    O_WRONLY);
    int64_t *wrong = malloc(SAMPLES * sizeof *wrong);
    for (int i = 0; i < SAMPLES; i++)
        wrong[i] = i % 3 == 0 ? -1 : i % 3 == 1 ? INT64_MAX : SAMPLES - i;
    assert_true(pwrite(file, wrong, SAMPLES * sizeof *wrong, 128) > 0);
    close(file);
    free(wrong);
    assert_null(dataset_damage(opened->dataset));
    long ids[] = {0, 17, 90, 3, 6};
    struct class_filter filter = {FINE, ids, 5};
    struct selection_query query = {
        .filters = &filter, .num_filters = 1, .shards = 1, .limit = 700};
    struct selection *selection = selection_new(opened->dataset, &query, NULL);
    uint64_t out[700];
    selection_indices(selection, 0, selection_count(selection), out);
    for (uint64_t i = 0; i < selection_count(selection); i++)
        assert_true(out[i] < SAMPLES);
    selection_free(selection);
    assert_non_null(strstr(dataset_damage(opened->dataset), "class index"));
}

struct asking {
    struct dataset *dataset;
    uint64_t epoch;
    char hex[DIGEST_HEX];
};

static void *ask(void *context)
{
    struct asking *asking = context;
    struct selection_query query = {
        .order = ORDER_SHUFFLE, .epoch = asking->epoch, .shards = 1, .limit = SAMPLES};
    for (int i = 0; i < 10; i++) {
        struct selection *selection = selection_new(asking->dataset, &query, NULL);
        uint64_t *out = malloc(SAMPLES * sizeof *out);
        selection_indices(selection, 0, SAMPLES, out);
        digest_of(out, SAMPLES * sizeof *out, asking->hex);
        free(out);
        selection_free(selection);
    }
    return NULL;
}

static void many_threads_share_a_table(void **state)
{
    struct opened *opened = *state;
    struct asking asking[8];
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++) {
        asking[i] = (struct asking){.dataset = opened->dataset, .epoch = i % 2};
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &asking[i]), 0);
    }
    for (size_t i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 2; i < 8; i++)
        assert_string_equal(asking[i].hex, asking[i % 2].hex);
    assert_string_not_equal(asking[0].hex, asking[1].hex);
}

// A table of the number in the context; none for 13.
static unsigned made;
static struct table *make_number(const void *context, struct error *error)
{
    made++;
    if (*(const uint32_t *)context == 13)
        return NULL;
    struct table *table = table_new(1000, error);
    table->values[0] = *(const uint32_t *)context;
    return table;
}

static const struct table *get(struct cache *cache, uint32_t number)
{
    return cache_get(cache, &number, sizeof number, make_number, &number, NULL);
}

static void the_cache_forgets_what_is_used_least(void **state)
{
    (void)state;
    struct cache *cache = cache_new(10 * 4200);
    made = 0;
    for (uint32_t i = 100; i < 110; i++)
        table_release(get(cache, i));
    assert_int_equal(made, 10);
    table_release(get(cache, 100));
    assert_int_equal(made, 10);
    table_release(get(cache, 200)); // pushes 101 out
    assert_int_equal(made, 11);
    const struct table *held = get(cache, 100);
    assert_int_equal(made, 11);
    table_release(get(cache, 101));
    assert_int_equal(made, 12);
    assert_null(get(cache, 13));
    assert_null(get(cache, 13));
    assert_int_equal(made, 14);
    for (uint32_t i = 1000; i < 1600; i++)
        table_release(get(cache, i));
    cache_free(cache);
    assert_int_equal(held->values[0], 100);
    table_release(held);
    table_release(NULL);
    cache_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shuffles_as_numpy_does),
        TEST(windows_over_all),
        TEST(filters_by_class),
        TEST(shuffles_and_shards),
        TEST(takes_lists),
        TEST(works_over_an_order),
        TEST(knows_runs),
        TEST(refuses_what_is_no_class),
        TEST(survives_a_damaged_index),
        TEST(many_threads_share_a_table),
        cmocka_unit_test(the_cache_forgets_what_is_used_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
