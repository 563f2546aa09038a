// SPDX-License-Identifier: MIT
#include "server/token_args.h"

#include <string.h>

enum { KERAS_SEED = 113 };
static const double KERAS_TEST_SPLIT = 0.2;

bool token_args_keras(const struct request *request)
{
    return request_value(request, "compat")->given;
}

static bool make_plan(const struct request *request, struct keras_plan *plan,
                      struct problem *problem)
{
    struct error error = ERROR_INIT;
    return keras_plan(request->schema, plan, &error) ||
           problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "compat", "compat=keras: %s",
                             error.text);
}

// Which part the request means; false with the problem when it names neither.
static bool find_part(const struct request *request, bool *test, struct problem *problem)
{
    const char *name = request_value(request, "split")->text;
    *test = name && strcmp(name, "test") == 0;
    if (!name || *test || strcmp(name, "train") == 0)
        return true;
    problem_parameter(problem, PROBLEM_UNKNOWN_SPLIT, "split",
                      "with compat=keras there are the splits train and test, not \"%.100s\"",
                      name);
    problem_allow(problem, "train");
    problem_allow(problem, "test");
    return false;
}

int token_args_split(const struct request *request, struct problem *problem)
{
    struct keras_plan plan;
    bool test;
    if (!make_plan(request, &plan, problem) || !find_part(request, &test, problem))
        return -1;
    return plan.way == KERAS_POOL ? 0 : schema_split(request->schema, test ? "test" : "train");
}

static uint32_t argument(const struct request *request, const char *name)
{
    return (uint32_t)request_value(request, name)->number; // at most TOKEN_ARGUMENT_MAX
}

static void optional_id(const struct request *request, const char *name, bool *has, uint32_t *id)
{
    const struct value *value = request_value(request, name);
    if (!value->given)
        return;
    *has = !value->none;
    *id = (uint32_t)value->number;
}

// Fills in what was given, over the defaults that are there.
static void take_arguments(const struct request *request, struct token_arguments *arguments)
{
    optional_id(request, "start_char", &arguments->has_start, &arguments->start_char);
    optional_id(request, "oov_char", &arguments->has_oov, &arguments->oov_char);
    if (request_value(request, "index_from")->given)
        arguments->index_from = argument(request, "index_from");
    arguments->skip_top = argument(request, "skip_top");
    arguments->num_words = argument(request, "num_words");
    arguments->maxlen = argument(request, "maxlen");
}

uint64_t token_args_seed(const struct request *request)
{
    const struct value *seed = request_value(request, "seed");
    return seed->given ? seed->number : KERAS_SEED;
}

bool token_args_load(const struct request *request, struct keras_part *part,
                     struct problem *problem)
{
    const struct value *test_split = request_value(request, "test_split");
    struct keras_arguments arguments = {
        .seed = (uint32_t)token_args_seed(request),
        .test_split = test_split->given ? test_split->fraction : KERAS_TEST_SPLIT,
        .tokens = TOKEN_ARGUMENTS_KERAS,
    };
    struct keras_plan plan;
    if (!make_plan(request, &plan, problem) || !find_part(request, &arguments.test, problem))
        return false;
    take_arguments(request, &arguments.tokens);
    struct error error = ERROR_INIT;
    const char *blame = NULL;
    if (keras_load(request->dataset, &plan, &arguments, part, &blame, &error))
        return true;
    if (blame && error.kind == ERROR_INPUT)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, blame, "%s", error.text);
    return problem_error(problem, &error);
}

bool token_args_reading(const struct request *request, struct token_reading *reading,
                        struct problem *problem)
{
    if (token_args_keras(request)) {
        struct keras_part part;
        if (!token_args_load(request, &part, problem))
            return false;
        *reading = part.reading;
        keras_part_clear(&part);
        return true;
    }
    struct token_arguments arguments = {.has_oov = true};
    if (request_value(request, "index_from")->given)
        arguments.oov_char = TOKEN_OOV_KERAS;
    take_arguments(request, &arguments);
    *reading = token_reading_plain(&arguments);
    return true;
}

static bool has_tokens(const struct schema *schema)
{
    for (size_t i = 0; i < schema->num_features; i++)
        if (schema->features[i].kind == FEATURE_TOKENS)
            return true;
    return false;
}

static bool check_keras(const struct request *request, struct problem *problem)
{
    const struct value *seed = request_value(request, "seed");
    bool shuffle = strcmp(request_value(request, "order")->text, "shuffle") == 0;
    struct keras_plan plan;
    if (!make_plan(request, &plan, problem))
        return false;
    if (request_value(request, "indices")->given)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "indices",
                                 "indices do not go together with compat=keras: they are places in "
                                 "the stored split, not in Keras's order");
    if (request_value(request, "test_split")->given && plan.way != KERAS_POOL)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "test_split",
                                 "test_split is for datasets in one split; %s comes with train and "
                                 "test",
                                 request->schema->name);
    if (seed->given && plan.way == KERAS_STORED && !shuffle)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "seed",
                                 "Keras does not shuffle %s: seed has a meaning with order=shuffle "
                                 "only",
                                 request->schema->name);
    if (seed->given && seed->number > UINT32_MAX)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "seed",
                                 "seed=%llu: with compat=keras it must be a whole number from 0 to "
                                 "4294967295, as numpy's RandomState takes it",
                                 (unsigned long long)seed->number);
    return true;
}

bool token_args_check(const struct request *request, struct problem *problem)
{
    static const char *const ABOUT_TOKENS[] = {"num_words",  "skip_top", "maxlen",
                                               "start_char", "oov_char", "index_from"};
    for (size_t i = 0; i < sizeof ABOUT_TOKENS / sizeof *ABOUT_TOKENS; i++)
        if (request_value(request, ABOUT_TOKENS[i])->given && !has_tokens(request->schema))
            return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, ABOUT_TOKENS[i],
                                     "%s is for token features, and %s has none", ABOUT_TOKENS[i],
                                     request->schema->name);
    if (token_args_keras(request))
        return check_keras(request, problem);
    if (request_value(request, "test_split")->given)
        return problem_parameter(problem, PROBLEM_INVALID_PARAMETER, "test_split",
                                 "test_split has a meaning with compat=keras only");
    return true;
}
