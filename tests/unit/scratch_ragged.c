// SPDX-License-Identifier: MIT
#include "tests/unit/scratch_ragged.h"

#include <stddef.h>
#include <string.h>

struct writer *ragged_begin(struct folder *folder, const char *name, bool replace,
                            struct error *error)
{
    struct writer_options options = {.name = name, .replace = replace};
    struct class_label classes[] = {{(char[]){"neg"}, -1}, {(char[]){"pos"}, -1}};
    struct feature features[] = {
        {.name = (char[]){"text"},
         .kind = FEATURE_TEXT,
         .storage = STORAGE_RAGGED,
         .dtype = DTYPE_UINT8},
        {.name = (char[]){"tokens"},
         .kind = FEATURE_TOKENS,
         .storage = STORAGE_RAGGED,
         .dtype = DTYPE_INT32},
        {.name = (char[]){"picture"},
         .kind = FEATURE_IMAGE,
         .storage = STORAGE_RAGGED,
         .dtype = DTYPE_UINT8,
         .white = 255},
        {.name = (char[]){"label"},
         .kind = FEATURE_CLASS,
         .dtype = DTYPE_UINT8,
         .target = true,
         .parent = -1,
         .num_classes = 2,
         .classes = classes},
    };
    struct writer *writer = writer_new(folder, &options, error);
    for (int i = 0; writer && i < 4; i++) {
        if (writer_feature(writer, &features[i], error) != i) {
            writer_free(writer);
            return NULL;
        }
    }
    return writer;
}

bool ragged_append(struct writer *writer, struct error *error)
{
    static const char TEXTS[] = "h\xc3\xa4user"
                                "b\n";
    static const uint64_t TEXT_SIZES[] = {0, 7, 2}, TOKEN_COUNTS[] = {3, 0, 1}, ONE = 1;
    static const int32_t TOKENS[] = {1, 2, 3, 70000}, TWO = 2;
    static const uint8_t LABELS[] = {0, 1, 0}, POSITIVE = 1;
    static const struct {
        const char *bytes;
        uint64_t size;
        struct image_size shown;
    } PICTURES[] = {{"\xff\xd8"
                     "AB",
                     4,
                     {2, 3, 3}},
                    {"P", 1, {1, 1, 1}},
                    {"\x89PNG", 4, {300, 200, 4}}};
    static const struct image_size SHOWN = {5, 6, 1};
    // Splits and features in turn, as archives have them.
    int train = writer_split(writer, "train", error), test = writer_split(writer, "test", error);
    bool ok = train >= 0 && test >= 0 && writer_word(writer, RAGGED_TOKENS, "the", 3, error) &&
              writer_append_runs(writer, test, RAGGED_TEXT, "z", &ONE, 1, error) &&
              writer_append_runs(writer, train, RAGGED_TEXT, TEXTS, TEXT_SIZES, 2, error) &&
              writer_append_runs(writer, train, RAGGED_TOKENS, TOKENS, TOKEN_COUNTS, 3, error) &&
              writer_append_runs(writer, train, RAGGED_TEXT, TEXTS + 7, TEXT_SIZES + 2, 1, error) &&
              writer_word(writer, RAGGED_TOKENS, "", 0, error) &&
              writer_word(writer, RAGGED_TOKENS, "na\xc3\xafve", 6, error) &&
              writer_append_runs(writer, test, RAGGED_TOKENS, &TWO, &ONE, 1, error) &&
              writer_append_image(writer, test, RAGGED_PICTURE, "Q", 1, &SHOWN, error) &&
              writer_append(writer, train, RAGGED_LABEL, LABELS, 3, error) &&
              writer_append(writer, test, RAGGED_LABEL, &POSITIVE, 1, error);
    for (size_t i = 0; ok && i < sizeof PICTURES / sizeof PICTURES[0]; i++)
        ok = writer_append_image(writer, train, RAGGED_PICTURE, PICTURES[i].bytes, PICTURES[i].size,
                                 &PICTURES[i].shown, error);
    return ok;
}

bool ragged_import(struct folder *folder, const char *name, bool replace,
                   struct writer_result *result, struct error *error)
{
    struct writer *writer = ragged_begin(folder, name, replace, error);
    bool ok = writer && ragged_append(writer, error) && writer_commit(writer, result, error);
    writer_free(writer);
    return ok;
}
