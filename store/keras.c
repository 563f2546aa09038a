// SPDX-License-Identifier: MIT
// The orders follow keras/src/datasets/{imdb,reuters,boston_housing}.py, step by step.
#include "store/keras.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/cache.h"
#include "store/twister.h"

static bool has_kind(const struct schema *schema, enum feature_kind kind)
{
    for (size_t i = 0; i < schema->num_features; i++)
        if (schema->features[i].kind == kind)
            return true;
    return false;
}

// Whether all features are numbers, one of them the target.
static bool is_regression(const struct schema *schema)
{
    bool target = false;
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        if (feature->kind != FEATURE_SCALAR && feature->kind != FEATURE_ARRAY)
            return false;
        target = target || (feature->kind == FEATURE_SCALAR && feature->target);
    }
    return target && schema->num_features > 1;
}

// What a dataset is made of, for a message: "text, class".
static void list_kinds(const struct schema *schema, char *out, size_t size)
{
    size_t used = 0;
    static const enum feature_kind KINDS[] = {FEATURE_IMAGE, FEATURE_CLASS, FEATURE_SCALAR,
                                              FEATURE_ARRAY, FEATURE_TEXT,  FEATURE_TOKENS};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (has_kind(schema, KINDS[i]) && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     feature_kind_name(KINDS[i]));
}

bool keras_plan(const struct schema *schema, struct keras_plan *plan, struct error *error)
{
    int tokens = -1, num_tokens = 0;
    for (size_t i = schema->num_features; i-- > 0;) {
        if (schema->features[i].kind == FEATURE_TOKENS) {
            tokens = (int)i;
            num_tokens++;
        }
    }
    bool one = schema->num_splits == 1;
    bool two = schema_split(schema, "train") >= 0 && schema_split(schema, "test") >= 0;
    *plan = (struct keras_plan){.way = KERAS_STORED, .tokens = tokens};
    if (num_tokens == 1 && (one || two))
        plan->way = two ? KERAS_SPLITS : KERAS_POOL;
    else if (num_tokens == 0 && one && is_regression(schema))
        plan->way = KERAS_POOL;
    else if (num_tokens > 0 || !two || !has_kind(schema, FEATURE_IMAGE)) {
        char kinds[128] = "", splits[160] = "";
        list_kinds(schema, kinds, sizeof kinds);
        if (one)
            snprintf(splits, sizeof splits, "one split, \"%.100s\"", schema->splits[0].name);
        else
            snprintf(splits, sizeof splits, "%zu splits%s", schema->num_splits,
                     two ? ", train and test among them" : ", but not both train and test");
        return error_set(error, ERROR_INPUT,
                         "Keras would load one token feature, in splits train and test or in one "
                         "pool, or one pool of numbers with a target, or images in splits train "
                         "and test; %s has features of kind %s in %s",
                         schema->name, kinds, splits);
    }
    return true;
}

// What the arguments mean for one dataset.
struct load {
    struct dataset *dataset;
    const struct keras_plan *plan;
    const struct keras_arguments *arguments;
    int train, test; // the stored splits; the same for a pool
};

// Stored ids that a sample may have at most. UINT64_MAX for any number; *none says that even a
// sample without ids is too long.
static uint64_t most_ids(const struct load *load, bool *none)
{
    const struct token_arguments *tokens = &load->arguments->tokens;
    uint64_t own = tokens->has_start ? 1 : 0; // what start_char adds
    *none = tokens->maxlen > 0 && tokens->maxlen <= own;
    return tokens->maxlen > own ? tokens->maxlen - own - 1 : UINT64_MAX;
}

static uint64_t num_samples(const struct load *load, int split)
{
    return dataset_schema(load->dataset)->splits[split].num_samples;
}

static const int32_t *run_of(const struct load *load, int split, uint64_t index, uint64_t *count)
{
    const int32_t *run = dataset_run(load->dataset, split, load->plan->tokens, index, count);
    if (!run)
        *count = 0;
    return run;
}

// Leaves the long samples out of an order and returns how many are left.
static size_t drop_long(const struct load *load, int split, uint32_t *order, size_t count)
{
    bool none;
    uint64_t most = most_ids(load, &none), size;
    size_t kept = 0;
    if (load->plan->tokens < 0 || !load->arguments->tokens.maxlen)
        return count;
    for (size_t i = 0; i < count && !none; i++) {
        run_of(load, split, order[i], &size);
        if (size <= most)
            order[kept++] = order[i];
    }
    return kept;
}

static struct table *make_order(const void *context, struct error *error)
{
    const struct load *load = context;
    bool second = load->plan->way == KERAS_SPLITS && load->arguments->test;
    int split = second ? load->test : load->train;
    struct twister *twister = malloc(sizeof *twister);
    uint64_t count = num_samples(load, split);
    uint64_t room = second && num_samples(load, load->train) > count
                        ? num_samples(load, load->train)
                        : count;
    struct table *table = twister ? table_new(room, error) : NULL;
    if (!table) {
        free(twister);
        error_memory(error);
        return NULL;
    }
    twister_seed(twister, load->arguments->seed);
    if (second) // what the generator has given before
        twister_shuffle(twister, table->values, (uint32_t)num_samples(load, load->train));
    for (uint32_t i = 0; i < count; i++)
        table->values[i] = i;
    twister_shuffle(twister, table->values, (uint32_t)count);
    table->count = drop_long(load, split, table->values, count);
    free(twister);
    return table;
}

// What maxlen leaves of a dataset, as a table of numbers.
enum fact { FACT_TRAIN, FACT_TEST, FACT_ANY_EMPTY, FACT_ANY_ID, FACT_LARGEST, FACTS };

static void look_at_split(const struct load *load, int split, struct table *facts, enum fact count)
{
    bool none;
    uint64_t most = most_ids(load, &none), samples = num_samples(load, split), size;
    int32_t largest = (int32_t)facts->values[FACT_LARGEST];
    for (uint64_t i = 0; i < samples && !none; i++) {
        const int32_t *run = run_of(load, split, i, &size);
        if (size > most)
            continue;
        facts->values[count]++;
        if (size == 0)
            facts->values[FACT_ANY_EMPTY] = 1;
        else
            facts->values[FACT_ANY_ID] = 1;
        for (uint64_t j = 0; j < size; j++)
            largest = run[j] > largest ? run[j] : largest;
    }
    facts->values[FACT_LARGEST] = (uint32_t)largest;
}

static struct table *make_facts(const void *context, struct error *error)
{
    const struct load *load = context;
    struct table *facts = table_new(FACTS, error);
    if (!facts)
        return NULL;
    memset(facts->values, 0, FACTS * sizeof facts->values[0]);
    facts->values[FACT_LARGEST] = (uint32_t)INT32_MIN;
    look_at_split(load, load->train, facts, FACT_TRAIN);
    if (load->test != load->train)
        look_at_split(load, load->test, facts, FACT_TEST);
    return facts;
}

// The id that bounds the others where num_words does not: the largest of both parts, as Keras's
// max(max(x) for x in xs) finds it.
static bool largest_id(const struct load *load, const struct table *facts, int64_t *largest,
                       struct error *error)
{
    const struct token_arguments *tokens = &load->arguments->tokens;
    if (facts->values[FACT_TRAIN] + (uint64_t)facts->values[FACT_TEST] == 0)
        return error_set(error, ERROR_INPUT,
                         "without num_words Keras takes the largest id there is, but there is no "
                         "sample");
    if (facts->values[FACT_ANY_EMPTY] && !tokens->has_start)
        return error_set(error, ERROR_INPUT,
                         "without num_words Keras takes the largest id of each sample, but one has "
                         "no ids at all; give num_words, or a start_char");
    *largest = tokens->has_start ? tokens->start_char : INT64_MIN;
    int64_t stored = (int32_t)facts->values[FACT_LARGEST] + (int64_t)tokens->index_from;
    if (facts->values[FACT_ANY_ID] && stored > *largest)
        *largest = stored;
    return true;
}

static bool read_tokens(const struct load *load, struct keras_part *part, const char **argument,
                        struct error *error)
{
    const struct token_arguments *tokens = &load->arguments->tokens;
    char key[96];
    int size = snprintf(key, sizeof key, "keras facts %d %" PRIu32 " %d", load->plan->tokens,
                        tokens->maxlen, tokens->maxlen && tokens->has_start);
    const struct table *facts = cache_get(dataset_cache(load->dataset), key, (size_t)size,
                                          make_facts, load, error);
    if (!facts)
        return false;
    int64_t num_words = tokens->num_words;
    bool train = facts->values[FACT_TRAIN] > 0, test = facts->values[FACT_TEST] > 0, ok = true;
    bool empty = load->plan->way == KERAS_SPLITS ? !train || !test : !train && num_words == 0;
    if (tokens->maxlen && empty) {
        *argument = "maxlen";
        ok = error_set(error, ERROR_INPUT,
                       "After filtering for sequences shorter than maxlen=%" PRIu32
                       ", no sequence was kept%s; increase maxlen",
                       tokens->maxlen,
                       train || test ? test ? " in split train" : " in split test" : "");
    } else if (num_words == 0) {
        *argument = "num_words";
        ok = largest_id(load, facts, &num_words, error);
    }
    table_release(facts);
    part->reading = token_reading_keras(tokens, num_words);
    return ok;
}

// The order of the part, or of the pool that it is cut from.
static bool find_order(const struct load *load, struct sample_order *order, struct error *error)
{
    const struct keras_arguments *arguments = load->arguments;
    if (num_samples(load, load->train) > UINT32_MAX || num_samples(load, load->test) > UINT32_MAX)
        return error_set(error, ERROR_LIMIT, "Keras's shuffle takes at most %" PRIu32 " samples",
                         UINT32_MAX);
    const struct token_arguments *tokens = &arguments->tokens;
    bool cut = load->plan->tokens >= 0 && tokens->maxlen > 0;
    int size = snprintf(order->key, sizeof order->key, "keras %d %" PRIu32 " %" PRIu32 " %d",
                        load->plan->way == KERAS_SPLITS && arguments->test, arguments->seed,
                        cut ? tokens->maxlen : 0, cut && tokens->has_start);
    order->table = cache_get(dataset_cache(load->dataset), order->key, (size_t)size, make_order,
                             load, error);
    order->from = 0;
    order->count = order->table ? order->table->count : 0;
    if (order->table && load->plan->way == KERAS_POOL) {
        // int(len(xs) * (1 - test_split)), in doubles as Python computes it
        uint64_t train = (uint64_t)((double)order->count * (1 - arguments->test_split));
        order->from = arguments->test ? train : 0;
        order->count = arguments->test ? order->count - train : train;
        snprintf(order->key + size, sizeof order->key - (size_t)size, " %" PRIu64 "+%" PRIu64,
                 order->from, order->count);
    }
    return order->table;
}

bool keras_load(struct dataset *dataset, const struct keras_plan *plan,
                const struct keras_arguments *arguments, struct keras_part *part,
                const char **argument, struct error *error)
{
    const struct schema *schema = dataset_schema(dataset);
    bool pool = plan->way == KERAS_POOL;
    struct load load = {
        .dataset = dataset,
        .plan = plan,
        .arguments = arguments,
        .train = pool ? 0 : schema_split(schema, "train"),
        .test = pool ? 0 : schema_split(schema, "test"),
    };
    *part = (struct keras_part){.split = arguments->test ? load.test : load.train};
    if (plan->tokens >= 0 && !read_tokens(&load, part, argument, error))
        return false;
    // The largest part of 1 would leave nothing to train on; Keras asserts test_split < 1 here.
    if (pool && plan->tokens < 0 && arguments->test_split >= 1) {
        *argument = "test_split";
        return error_set(error, ERROR_INPUT, "test_split must be less than 1 here");
    }
    return plan->way == KERAS_STORED || find_order(&load, &part->order, error);
}

void keras_part_clear(struct keras_part *part)
{
    table_release(part->order.table);
    part->order.table = NULL;
}
