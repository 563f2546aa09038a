// SPDX-License-Identifier: MIT
#include "store/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "store/catalog_database.h"
#include "store/writer_private.h"

struct writer *writer_new(struct folder *folder, const struct writer_options *options,
                          struct error *error)
{
    if (!options->name || !text_is_dataset_name(options->name)) {
        error_set(error, ERROR_INPUT,
                  "\"%.100s\" cannot be a dataset's name: 1 to 64 of a-z 0-9 _ . - and beginning "
                  "with a letter or a digit",
                  options->name ? options->name : "");
        return NULL;
    }
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->schema.name = strdup(options->name))) {
        free(writer);
        error_memory(error);
        return NULL;
    }
    writer->folder = folder;
    writer->options = *options;
    struct catalog *catalog = catalog_open(folder, FOLDER_WRITE, error);
    char revision[DIGEST_HEX];
    if (catalog && catalog_revision(catalog, options->name, revision, error) &&
        (!revision[0] || options->replace || catalog_exists(options->name, error)))
        writer->workspace = workspace_new(folder, error); // under the lock that the catalog holds
    catalog_close(catalog);
    if (writer->workspace)
        return writer;
    writer_free(writer);
    return NULL;
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    writer_drop_columns(writer);
    workspace_free(writer->workspace);
    schema_clear(&writer->schema);
    free(writer->declared_split);
    free(writer);
}

const struct writer_options *writer_options(const struct writer *writer)
{
    return &writer->options;
}

const struct schema *writer_schema(const struct writer *writer)
{
    return &writer->schema;
}

void *writer_room(void *items, size_t count, size_t size, struct error *error)
{
    void *grown = items;
    if ((count & (count - 1)) == 0)
        grown = reallocarray(items, count ? 2 * count : 1, size);
    if (grown)
        memset((char *)grown + count * size, 0, size);
    else
        error_memory(error);
    return grown;
}

char *writer_text(const char *text)
{
    struct buffer copy = BUFFER_INIT;
    for (size_t left = strlen(text); left > 0;) {
        size_t good = text_utf8_prefix(text, left);
        buffer_append(&copy, text, good);
        if (good < left) {
            buffer_string(&copy, "\xef\xbf\xbd");
            good++;
        }
        text += good;
        left -= good;
    }
    buffer_byte(&copy, '\0');
    size_t size;
    return buffer_take(&copy, &size);
}

bool writer_reset(struct writer *writer, struct error *error)
{
    char *name = strdup(writer->schema.name);
    if (!name)
        return error_memory(error);
    writer_drop_columns(writer);
    schema_clear(&writer->schema);
    writer->schema.name = name;
    free(writer->declared_split);
    writer->declared_split = NULL;
    return workspace_empty(writer->workspace, error);
}

// With the user's --split every source's split is that one; a second name among them is an error.
static const char *chosen_split(struct writer *writer, const char *name, struct error *error)
{
    const char *chosen = writer->options.split;
    if (!chosen)
        return name;
    if (writer->declared_split && strcmp(writer->declared_split, name) != 0) {
        error_set(error, ERROR_INPUT,
                  "--split %s: the source has several splits (%s, %s); leave --split out to keep "
                  "them",
                  chosen, writer->declared_split, name);
        return NULL;
    }
    if (!writer->declared_split && !(writer->declared_split = strdup(name))) {
        error_memory(error);
        return NULL;
    }
    return chosen;
}

int writer_split(struct writer *writer, const char *name, struct error *error)
{
    struct schema *schema = &writer->schema;
    const char *chosen = chosen_split(writer, name, error);
    if (!chosen)
        return -1;
    int known = schema_split(schema, chosen);
    if (known >= 0)
        return known;
    if (!text_is_file_name(chosen)) {
        error_set(error, ERROR_INPUT,
                  "\"%.100s\" cannot be a split's name: 1 to 100 bytes of UTF-8 without control "
                  "characters and '/', not beginning with '.'",
                  chosen);
        return -1;
    }
    if (schema->num_splits == SCHEMA_MAX_SPLITS) {
        error_set(error, ERROR_LIMIT, "split \"%s\" would be number %d; a dataset has at most %d",
                  chosen, SCHEMA_MAX_SPLITS + 1, SCHEMA_MAX_SPLITS);
        return -1;
    }
    struct split *grown = writer_room(schema->splits, schema->num_splits, sizeof *grown, error);
    if (!grown)
        return -1;
    schema->splits = grown;
    struct split *split = &schema->splits[schema->num_splits];
    if (!(split->name = strdup(chosen))) {
        error_memory(error);
        return -1;
    }
    return (int)schema->num_splits++;
}

// Copies what is plain and the name; classes are appended afterwards.
static bool copy_feature(const struct writer *writer, struct feature *to,
                         const struct feature *from, struct error *error)
{
    const char *target = writer->options.target;
    *to = *from;
    to->classes = NULL;
    to->num_classes = 0;
    to->num_words = 0;
    if (to->kind != FEATURE_IMAGE)
        to->white = 0;
    if (to->kind != FEATURE_CLASS)
        to->parent = -1;
    if (target)
        to->target = strcmp(from->name, target) == 0;
    for (unsigned i = to->rank; i < SCHEMA_MAX_RANK; i++)
        to->shape[i] = 0;
    return (to->name = strdup(from->name)) || error_memory(error);
}

int writer_feature(struct writer *writer, const struct feature *feature, struct error *error)
{
    struct schema *schema = &writer->schema;
    size_t index = schema->num_features;
    if (writer->shared && feature->kind != FEATURE_CLASS) {
        error_set(error, ERROR_INTERNAL, "feature \"%s\" is declared after the first row or word",
                  feature->name);
        return -1;
    }
    if (index == SCHEMA_MAX_FEATURES) {
        error_set(error, ERROR_LIMIT,
                  "feature \"%.100s\" would be number %d; a dataset has at most "
                  "%d",
                  feature->name, SCHEMA_MAX_FEATURES + 1, SCHEMA_MAX_FEATURES);
        return -1;
    }
    struct feature copy;
    if (!feature_check(feature, error) || !copy_feature(writer, &copy, feature, error))
        return -1;
    if (schema_feature(schema, copy.name) >= 0) {
        error_set(error, ERROR_INPUT, "two features are named \"%s\"", copy.name);
        free(copy.name);
        return -1;
    }
    struct feature *grown = writer_room(schema->features, index, sizeof *grown, error);
    if (!grown) {
        free(copy.name);
        return -1;
    }
    schema->features = grown;
    schema->features[index] = copy;
    schema->num_features++;
    if (writer->shared && !writer_start_late(writer, error))
        return -1;
    for (size_t i = 0; i < feature->num_classes; i++)
        if (!writer_class(writer, (int)index, feature->classes[i].name, feature->classes[i].parent,
                          error))
            return -1;
    return (int)index;
}

// The class feature with that index; NULL with the error.
static struct feature *class_feature(struct writer *writer, int feature, struct error *error)
{
    struct schema *schema = &writer->schema;
    if (feature >= 0 && (size_t)feature < schema->num_features &&
        schema->features[feature].kind == FEATURE_CLASS)
        return &schema->features[feature];
    error_set(error, ERROR_INTERNAL, "feature %d has no classes", feature);
    return NULL;
}

bool writer_class(struct writer *writer, int feature, const char *name, long parent,
                  struct error *error)
{
    struct feature *of = class_feature(writer, feature, error);
    if (!of)
        return false;
    if (of->num_classes == SCHEMA_MAX_CLASSES)
        return error_set(error, ERROR_LIMIT, "feature \"%s\" has more than %d classes", of->name,
                         SCHEMA_MAX_CLASSES);
    struct class_label *grown = writer_room(of->classes, of->num_classes, sizeof *grown, error);
    if (!grown)
        return false;
    of->classes = grown;
    struct class_label *label = &of->classes[of->num_classes];
    label->parent = parent;
    if (!(label->name = strdup(name)))
        return error_memory(error);
    of->num_classes++;
    return true;
}

bool writer_class_parent(struct writer *writer, int feature, long id, long parent,
                         struct error *error)
{
    struct feature *of = class_feature(writer, feature, error);
    if (!of)
        return false;
    if (id < 0 || (size_t)id >= of->num_classes)
        return error_set(error, ERROR_INPUT, "feature \"%s\" has no class %ld", of->name, id);
    of->classes[id].parent = parent;
    return true;
}

bool writer_card(struct writer *writer, const struct card *card, struct error *error)
{
    struct card *own = &writer->schema.card;
    const char *from[] = {card->title,    card->description, card->license,
                          card->citation, card->homepage,    card->task};
    char **to[] = {&own->title,    &own->description, &own->license,
                   &own->citation, &own->homepage,    &own->task};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        if (!from[i])
            continue;
        char *copy = writer_text(from[i]);
        if (!copy)
            return error_memory(error);
        free(*to[i]);
        *to[i] = copy;
    }
    for (size_t i = 0; i < card->num_warnings; i++)
        if (!writer_warn(writer, error, "%s", card->warnings[i]))
            return false;
    return true;
}

bool writer_warn(struct writer *writer, struct error *error, const char *format, ...)
{
    struct card *card = &writer->schema.card;
    char **grown = writer_room(card->warnings, card->num_warnings, sizeof *grown, error);
    if (!grown)
        return false;
    card->warnings = grown;
    va_list args;
    va_start(args, format);
    char *raw = NULL;
    char **warning = &card->warnings[card->num_warnings];
    *warning = vasprintf(&raw, format, args) < 0 ? NULL : writer_text(raw);
    va_end(args);
    free(raw);
    if (!*warning)
        return error_memory(error);
    card->num_warnings++;
    return true;
}

bool writer_source(struct writer *writer, const char *file, uint64_t bytes, const char *sha256,
                   struct error *error)
{
    struct schema *schema = &writer->schema;
    struct source_file *grown =
        writer_room(schema->sources, schema->num_sources, sizeof *grown, error);
    if (!grown)
        return false;
    schema->sources = grown;
    struct source_file *source = &schema->sources[schema->num_sources];
    source->bytes = bytes;
    snprintf(source->sha256, sizeof source->sha256, "%s", sha256);
    if (!(source->file = writer_text(file)))
        return error_memory(error);
    schema->num_sources++;
    return true;
}

bool writer_set_aside(struct writer *writer, const char *file, const char *reason,
                      struct error *error)
{
    struct schema *schema = &writer->schema;
    size_t count = schema->num_listed_aside;
    if (count < SCHEMA_MAX_SET_ASIDE) {
        struct set_aside *grown = writer_room(schema->set_aside, count, sizeof *grown, error);
        if (!grown)
            return false;
        schema->set_aside = grown;
        struct set_aside aside = {writer_text(file), writer_text(reason)};
        if (!aside.file || !aside.reason) {
            free(aside.file);
            free(aside.reason);
            return error_memory(error);
        }
        grown[schema->num_listed_aside++] = aside;
    }
    schema->num_set_aside++;
    return true;
}
