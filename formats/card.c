// SPDX-License-Identifier: MIT
#include "formats/card.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/names.h"
#include "formats/source.h"

enum { MAX_TEXT = 64 << 10, MAX_WARNINGS = 100, MAX_CLASS_NAME = 1000 };

static const char *const TASKS[] = {"image-classification", "text-classification",
                                    "tabular-classification", "tabular-regression", "other"};

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a truth value";
    case JSON_NULL:
        break;
    }
    return "null";
}

// Copies a text of at most `most` bytes. False with the error, which names it by `what`.
static bool copy_text(const json_t *value, const char *what, size_t most, char **out,
                      struct error *error)
{
    if (!json_is_string(value))
        return error_set(error, ERROR_INPUT, "\"%s\" must be a text, not %s", what,
                         type_name(value));
    if (json_string_length(value) > most)
        return error_set(error, ERROR_LIMIT, "\"%s\" has %zu bytes; at most %zu are taken", what,
                         json_string_length(value), most);
    *out = strdup(json_string_value(value));
    return *out || error_memory(error);
}

static bool check_homepage(const char *homepage, struct error *error)
{
    if (strncmp(homepage, "http://", 7) == 0 || strncmp(homepage, "https://", 8) == 0)
        return true;
    return error_set(error, ERROR_INPUT,
                     "\"homepage\" must begin with http:// or https://, not \"%.100s\"", homepage);
}

static bool check_task(const char *task, struct error *error)
{
    size_t count = sizeof TASKS / sizeof *TASKS;
    for (size_t i = 0; i < count; i++)
        if (strcmp(task, TASKS[i]) == 0)
            return true;
    struct buffer text = BUFFER_INIT;
    buffer_printf(&text, "\"task\" is \"%.100s\"; it can be: ", task);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&text, "%s%s", i ? ", " : "", TASKS[i]);
    return error_take(error, ERROR_INPUT, &text);
}

static bool parse_warnings(struct card_file *file, const json_t *value, struct error *error)
{
    if (!json_is_array(value))
        return error_set(error, ERROR_INPUT, "\"warnings\" must be a list of texts, not %s",
                         type_name(value));
    size_t count = json_array_size(value);
    if (count > MAX_WARNINGS)
        return error_set(error, ERROR_LIMIT, "\"warnings\" has %zu entries; at most %d are taken",
                         count, MAX_WARNINGS);
    file->has_warnings = true;
    file->card.warnings = calloc(count ? count : 1, sizeof *file->card.warnings);
    if (!file->card.warnings)
        return error_memory(error);
    for (size_t i = 0; i < count; i++) {
        if (!copy_text(json_array_get(value, i), "warnings", MAX_TEXT, &file->card.warnings[i],
                       error))
            return false;
        file->card.num_warnings++;
    }
    return true;
}

// The names of one feature's classes: texts that differ.
static bool parse_class_names(struct card_classes *classes, const json_t *value,
                              struct error *error)
{
    if (!json_is_array(value))
        return error_set(error, ERROR_INPUT, "must be a list of texts, not %s", type_name(value));
    size_t count = json_array_size(value);
    if (count == 0 || count > SCHEMA_MAX_CLASSES)
        return error_set(error, ERROR_LIMIT, "has %zu names; 1 to %d are taken", count,
                         SCHEMA_MAX_CLASSES);
    classes->names = calloc(count, sizeof *classes->names);
    if (!classes->names)
        return error_memory(error);
    struct names seen = {.slots = NULL};
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = copy_text(json_array_get(value, i), classes->feature, MAX_CLASS_NAME,
                         &classes->names[i], error);
        if (!good)
            break;
        classes->num_names++;
        const char *name = classes->names[i];
        if (name[0] == '\0') {
            good = error_set(error, ERROR_INPUT, "name %zu is empty", i);
            break;
        }
        enum names_result result = names_add(&seen, name, strlen(name));
        if (result == NAMES_KNOWN)
            good = error_set(error, ERROR_INPUT, "the name \"%.100s\" comes twice", name);
        else if (result == NAMES_NO_MEMORY)
            good = error_memory(error);
    }
    names_clear(&seen);
    return good;
}

static bool parse_classes(struct card_file *file, json_t *value, struct error *error)
{
    if (!json_is_object(value))
        return error_set(error, ERROR_INPUT,
                         "\"classes\" must be an object from features to lists of names, not %s",
                         type_name(value));
    size_t count = json_object_size(value);
    if (count > SCHEMA_MAX_FEATURES)
        return error_set(error, ERROR_LIMIT, "\"classes\" names %zu features; at most %d are taken",
                         count, SCHEMA_MAX_FEATURES);
    file->classes = calloc(count ? count : 1, sizeof *file->classes);
    if (!file->classes)
        return error_memory(error);
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
        const char *feature = json_object_iter_key(at);
        struct card_classes *classes = &file->classes[file->num_classes];
        classes->feature = strdup(feature);
        if (!classes->feature)
            return error_memory(error);
        file->num_classes++;
        if (!parse_class_names(classes, json_object_iter_value(at), error)) {
            error_prefix(error, "\"classes\", \"%.100s\"", feature);
            return false;
        }
    }
    return true;
}

static bool parse_key(struct card_file *file, const char *key, json_t *value, struct error *error)
{
    struct card *card = &file->card;
    const struct {
        const char *key;
        char **text;
    } texts[] = {{"title", &card->title},       {"description", &card->description},
                 {"license", &card->license},   {"citation", &card->citation},
                 {"homepage", &card->homepage}, {"task", &card->task}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].key) == 0)
            return copy_text(value, key, MAX_TEXT, texts[i].text, error);
    if (strcmp(key, "warnings") == 0)
        return parse_warnings(file, value, error);
    if (strcmp(key, "classes") == 0)
        return parse_classes(file, value, error);
    return error_set(error, ERROR_INPUT,
                     "\"%.100s\" is none of the keys that a card can have: title, description, "
                     "license, citation, homepage, task, warnings, classes",
                     key);
}

static bool parse_root(struct card_file *file, json_t *root, struct error *error)
{
    if (!json_is_object(root))
        return error_set(error, ERROR_INPUT, "must be a JSON object, not %s", type_name(root));
    for (void *at = json_object_iter(root); at; at = json_object_iter_next(root, at))
        if (!parse_key(file, json_object_iter_key(at), json_object_iter_value(at), error))
            return false;
    return (!file->card.homepage || check_homepage(file->card.homepage, error)) &&
           (!file->card.task || check_task(file->card.task, error));
}

bool card_parse(struct card_file *file, const void *bytes, size_t size, const char *where,
                struct error *error)
{
    *file = (struct card_file){.where = where};
    json_error_t reason;
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &reason);
    bool good = root || error_set(error, ERROR_INPUT, "line %d, column %d: %s", reason.line,
                                  reason.column, reason.text);
    good = good && parse_root(file, root, error);
    json_decref(root);
    if (!good) {
        card_clear(file);
        error_prefix(error, "%s", where);
    }
    return good;
}

static bool read_card(struct card_file *file, const struct source *source, struct error *error)
{
    size_t size;
    const char *where;
    const char *bytes = source_card(source, &size, &where);
    *file = (struct card_file){.where = NULL};
    return !bytes || card_parse(file, bytes, size, where, error);
}

bool card_finish(const struct source *source, card_use *use, void *context, struct error *error)
{
    struct card_file card;
    if (!read_card(&card, source, error))
        return false;
    bool good = use(context, &card, error);
    card_clear(&card);
    return good;
}

void card_clear(struct card_file *file)
{
    struct card *card = &file->card;
    free(card->title);
    free(card->description);
    free(card->license);
    free(card->citation);
    free(card->homepage);
    free(card->task);
    for (size_t i = 0; i < card->num_warnings; i++)
        free(card->warnings[i]);
    free(card->warnings);
    for (size_t i = 0; i < file->num_classes; i++) {
        for (size_t j = 0; j < file->classes[i].num_names; j++)
            free(file->classes[i].names[j]);
        free(file->classes[i].names);
        free(file->classes[i].feature);
    }
    free(file->classes);
    *file = (struct card_file){.where = NULL};
}

struct card_classes *card_find_classes(struct card_file *file, const char *feature)
{
    for (size_t i = 0; i < file->num_classes; i++)
        if (strcmp(file->classes[i].feature, feature) == 0)
            return &file->classes[i];
    return NULL;
}
