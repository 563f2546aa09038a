// SPDX-License-Identifier: MIT
#include "formats/idx_survey.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "formats/naming.h"
#include "formats/source.h"
#include "store/writer.h"

enum {
    MAX_FILES = 1000,
    MAX_SIDE = 16384, // of an image; what is larger is an array
    MAX_NAME = 100,   // bytes; see text_is_file_name
};

// Whether a word of a name only repeats what the header says ("idx3", "ubyte").
static bool is_type_word(const char *word, size_t size)
{
    static const char *const WORDS[] = {"ubyte", "byte", "short", "int", "float", "double"};
    if (size >= 3 && strncasecmp(word, "idx", 3) == 0)
        return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == size && strncasecmp(WORDS[i], word, size) == 0)
            return true;
    return false;
}

static bool is_word(const char *word, size_t size, const char *singular)
{
    size_t length = strlen(singular);
    return (size == length || (size == length + 1 && (word[length] | 32) == 's')) &&
           strncasecmp(word, singular, length) == 0;
}

// The feature that a member's name speaks of: "image" or "label" if it has that word, else what is
// left of it without split and type, else what the shape suggests. NULL when memory is short.
static char *feature_name(const char *member, const struct idx_header *header)
{
    const char *at = naming_base(member), *end = at + strlen(at);
    struct buffer rest = BUFFER_INIT;
    size_t size;
    for (; (size = naming_word(&at, (size_t)(end - at))) > 0; at += size) {
        const char *fixed = is_word(at, size, "image")   ? "image"
                            : is_word(at, size, "label") ? "label"
                                                         : NULL;
        if (fixed) {
            buffer_free(&rest);
            return strdup(fixed);
        }
        if (is_type_word(at, size) || naming_split_word(at, size))
            continue;
        if (rest.size > 0)
            buffer_byte(&rest, '_');
        buffer_append(&rest, at, size);
    }
    if (rest.size > MAX_NAME)
        rest.size = text_utf8_prefix(rest.data, MAX_NAME);
    if (rest.size == 0 && !rest.failed)
        buffer_string(&rest, header->rank >= 3 ? "image" : "value");
    char *name = buffer_text(&rest) ? strdup(rest.data) : NULL;
    buffer_free(&rest);
    return name;
}

static bool add_file(struct idx_survey *survey, const struct source_member *member,
                     struct error *error)
{
    struct idx_header header;
    if (!idx_header_parse(&header, member->head, member->head_size, error))
        return false;
    if (survey->num_files == MAX_FILES)
        return error_set(error, ERROR_LIMIT, "more than %d IDX files", MAX_FILES);
    struct idx_file *files = realloc(survey->files, (survey->num_files + 1) * sizeof *files);
    if (!files)
        return error_memory(error);
    survey->files = files;
    struct idx_file *file = &files[survey->num_files];
    const char *split = naming_split(member->name);
    *file = (struct idx_file){.member = strdup(member->name),
                              .feature_name = feature_name(member->name, &header),
                              .split_name = split ? split : "all",
                              .header = header};
    survey->num_files++;
    return (file->member && file->feature_name) || error_memory(error);
}

static bool look(struct idx_survey *survey, const struct source_member *member, const char *where,
                 struct error *error)
{
    if (naming_is_note(member->name) || add_file(survey, member, error))
        return true;
    error_prefix(error, "%s", where);
    return false;
}

static bool is_same_row(const struct idx_header *a, const struct idx_header *b)
{
    if (a->dtype != b->dtype || a->rank != b->rank)
        return false;
    for (unsigned i = 1; i < a->rank; i++)
        if (a->shape[i] != b->shape[i])
            return false;
    return true;
}

// "a is HEADER, b is HEADER: reason"
static bool refuse_pair(const struct idx_file *a, const struct idx_file *b, const char *reason,
                        struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "%s is ", a->member);
    idx_header_print(&a->header, &text);
    buffer_printf(&text, ", %s is ", b->member);
    idx_header_print(&b->header, &text);
    buffer_printf(&text, ": %s", reason);
    return error_take(error, ERROR_INPUT, &text);
}

static bool check_pair(const struct idx_file *a, const struct idx_file *b, struct error *error)
{
    bool same_split = strcmp(a->split_name, b->split_name) == 0;
    bool same_feature = strcmp(a->feature_name, b->feature_name) == 0;
    if (same_split && same_feature)
        return error_set(error, ERROR_INPUT,
                         "%s and %s would both be \"%s\" of the split \"%s\"; add "
                         "one dataset at a time",
                         a->member, b->member, a->feature_name, a->split_name);
    if (same_split && a->header.shape[0] != b->header.shape[0])
        return refuse_pair(a, b, "files of one split must have as many samples each", error);
    if (same_feature && !is_same_row(&a->header, &b->header))
        return refuse_pair(a, b, "the samples of all splits must be alike", error);
    return true;
}

static const struct idx_file *find(const struct idx_survey *survey, const char *split,
                                   const char *feature)
{
    for (size_t i = 0; i < survey->num_files; i++)
        if (strcmp(survey->files[i].split_name, split) == 0 &&
            strcmp(survey->files[i].feature_name, feature) == 0)
            return &survey->files[i];
    return NULL;
}

// Whether the files make up a dataset: every split has every feature, once, for every sample.
static bool check(const struct idx_survey *survey, struct error *error)
{
    uint64_t samples = 0;
    for (size_t i = 0; i < survey->num_files; i++) {
        const struct idx_file *file = &survey->files[i];
        samples |= file->header.shape[0];
        for (size_t j = 0; j < survey->num_files; j++) {
            const struct idx_file *other = &survey->files[j];
            if (j < i && !check_pair(other, file, error))
                return false;
            if (!find(survey, other->split_name, file->feature_name))
                return error_set(error, ERROR_INPUT,
                                 "the split \"%s\" has no \"%s\", which %s gives "
                                 "for \"%s\"",
                                 other->split_name, file->feature_name, file->member,
                                 file->split_name);
        }
    }
    if (survey->num_files == 0)
        return error_set(error, ERROR_INPUT, "there is no IDX file");
    return samples > 0 || error_set(error, ERROR_INPUT,
                                    "%s: its header says that there are no "
                                    "samples",
                                    survey->files[0].member);
}

// An archive's order says nothing: features are declared in the order of names.
static int by_member(const void *a, const void *b)
{
    const struct idx_file *x = a, *y = b;
    return strcmp(x->member, y->member);
}

static bool finish(struct idx_survey *survey, struct error *error)
{
    if (!check(survey, error))
        return false;
    qsort(survey->files, survey->num_files, sizeof *survey->files, by_member);
    return true;
}

static bool take(struct idx_survey *survey, struct source *source, struct error *error)
{
    if (source_glimpsed_all(source)) {
        for (size_t i = 0; i < source_num_glimpsed(source); i++) {
            const struct source_member *member = source_glimpsed(source, i);
            if (!look(survey, member, member->name, error))
                return false;
        }
        return finish(survey, error);
    }
    struct source_member member;
    enum source_step step;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER)
        if (!look(survey, &member, source_where(source), error))
            return false;
    return step == SOURCE_END && finish(survey, error) && source_rewind(source, error);
}

bool idx_survey_take(struct idx_survey *survey, struct source *source, struct error *error)
{
    *survey = (struct idx_survey){.files = NULL};
    bool good = take(survey, source, error);
    if (!good)
        idx_survey_clear(survey);
    return good;
}

static bool is_image(const struct idx_header *header)
{
    if (header->dtype != DTYPE_UINT8 || header->rank < 3 || header->rank > 4 ||
        header->shape[1] > MAX_SIDE || header->shape[2] > MAX_SIDE)
        return false;
    return header->rank == 3 || header->shape[3] == 1 || header->shape[3] == 3 ||
           header->shape[3] == 4;
}

static enum feature_kind kind_of(const struct idx_file *file)
{
    if (is_image(&file->header))
        return FEATURE_IMAGE;
    if (file->header.rank > 1)
        return FEATURE_ARRAY;
    bool is_label = strcmp(file->feature_name, "label") == 0;
    return is_label && dtype_is_integer(file->header.dtype) ? FEATURE_CLASS : FEATURE_SCALAR;
}

static bool declare_feature(struct idx_file *file, struct writer *writer, struct error *error)
{
    int known = schema_feature(writer_schema(writer), file->feature_name);
    if (known >= 0) {
        file->feature = known;
        return true;
    }
    struct feature feature = {.name = file->feature_name,
                              .kind = kind_of(file),
                              .dtype = file->header.dtype,
                              .rank = file->header.rank - 1,
                              .parent = -1};
    for (unsigned i = 0; i < feature.rank; i++)
        feature.shape[i] = file->header.shape[i + 1];
    if (feature.kind == FEATURE_IMAGE)
        feature.white = 255;
    feature.target = feature.kind == FEATURE_CLASS;
    file->feature = writer_feature(writer, &feature, error);
    return file->feature >= 0;
}

bool idx_survey_declare(struct idx_survey *survey, struct writer *writer, struct error *error)
{
    static const char *const ORDER[] = {"train", "val", "test", "all"};
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++)
        for (size_t j = 0; j < survey->num_files; j++) {
            struct idx_file *file = &survey->files[j];
            if (strcmp(file->split_name, ORDER[i]) != 0)
                continue;
            file->split = writer_split(writer, file->split_name, error);
            if (file->split < 0)
                return false;
        }
    for (size_t i = 0; i < survey->num_files; i++)
        if (!declare_feature(&survey->files[i], writer, error)) {
            error_prefix(error, "%s", survey->files[i].member);
            return false;
        }
    return true;
}

const struct idx_file *idx_survey_find(const struct idx_survey *survey, const char *member)
{
    for (size_t i = 0; i < survey->num_files; i++)
        if (strcmp(survey->files[i].member, member) == 0)
            return &survey->files[i];
    return NULL;
}

void idx_survey_clear(struct idx_survey *survey)
{
    for (size_t i = 0; i < survey->num_files; i++) {
        free(survey->files[i].member);
        free(survey->files[i].feature_name);
    }
    free(survey->files);
    *survey = (struct idx_survey){.files = NULL};
}
