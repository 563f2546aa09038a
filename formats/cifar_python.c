// SPDX-License-Identifier: MIT
#include "formats/cifar_python.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool cifar_python_is(const uint8_t *head, size_t size)
{
    // Protocols 2 to 5 name themselves; 0 and 1 begin with the dict.
    return size >= 3 && ((head[0] == 0x80 && head[1] >= 2 && head[1] <= 5) ||
                         (head[0] == '(' && head[1] == 'd' &&
                          (head[2] == 'p' || head[2] == 'S' || head[2] == 'V')) ||
                         (head[0] == '}' && (head[1] == 'q' || head[1] == '(')));
}

static const struct pickle_value *get(const struct pickle_value *root, const char *key,
                                      struct error *error)
{
    if (root->kind != PICKLE_DICT) {
        error_set(error, ERROR_INPUT, "the pickle holds %s, where CIFAR has a dict",
                  pickle_kind_name(root->kind));
        return NULL;
    }
    const struct pickle_value *value = pickle_get(root, key);
    if (!value)
        error_set(error, ERROR_INPUT, "the pickle has no \"%s\"", key);
    return value;
}

static bool take_pixels(struct cifar_python *batch, const struct pickle_value *root,
                        struct error *error)
{
    const struct pickle_value *data = get(root, "data", error);
    if (!data)
        return false;
    if (data->kind != PICKLE_ARRAY || !data->array->data || data->array->rank != 2 ||
        data->array->shape[1] != CIFAR_IMAGE || data->array->type.dtype != DTYPE_UINT8)
        return error_set(error, ERROR_INPUT, "\"data\" is no array of uint8 of the shape (N, %d)",
                         CIFAR_IMAGE);
    batch->pixels = data->array;
    batch->count = data->array->shape[0];
    return true;
}

static bool take_labels(struct cifar_python *batch, unsigned j, const struct pickle_value *root,
                        struct error *error)
{
    const struct cifar_label *label = &batch->layout->labels[j];
    const struct pickle_value *list = get(root, label->python_key, error);
    if (!list)
        return false;
    if (list->kind != PICKLE_LIST || list->items->count != batch->count)
        return error_set(error, ERROR_INPUT,
                         "\"%s\" is no list of %zu whole numbers, one for each picture",
                         label->python_key, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        const struct pickle_value *value = &list->items->values[i];
        if (value->kind != PICKLE_INT)
            return error_set(error, ERROR_INPUT, "\"%s\": sample %zu is %s, not a whole number",
                             label->python_key, i, pickle_kind_name(value->kind));
        if (value->integer < 0 || value->integer >= label->num_classes)
            return error_set(error, ERROR_INPUT,
                             "\"%s\": sample %zu is %lld, but %s has %u of them (0 to %u)",
                             label->python_key, i, (long long)value->integer, batch->layout->title,
                             label->num_classes, label->num_classes - 1);
    }
    batch->labels[j] = list->items;
    return true;
}

bool cifar_python_open(struct cifar_python *batch, const struct cifar_layout *layout,
                       const struct pickle_value *root, struct error *error)
{
    *batch = (struct cifar_python){.layout = layout};
    if (!take_pixels(batch, root, error))
        return false;
    for (unsigned j = 0; j < layout->num_labels; j++)
        if (!take_labels(batch, j, root, error))
            return false;
    return true;
}

void cifar_python_records(const struct cifar_python *batch, size_t first, size_t count,
                          uint8_t *records)
{
    const uint8_t *data = batch->pixels->data;
    for (size_t i = first; i < first + count; i++) {
        for (unsigned j = 0; j < batch->layout->num_labels; j++)
            *records++ = (uint8_t)batch->labels[j]->values[i].integer;
        if (batch->pixels->is_fortran)
            for (size_t k = 0; k < CIFAR_IMAGE; k++)
                records[k] = data[k * batch->count + i];
        else
            memcpy(records, data + i * CIFAR_IMAGE, CIFAR_IMAGE);
        records += CIFAR_IMAGE;
    }
}

static bool is_name(const struct pickle_value *value)
{
    return (value->kind == PICKLE_STR || value->kind == PICKLE_BYTES) && value->size > 0 &&
           value->size <= 100 && !memchr(value->bytes, '\0', value->size) &&
           text_utf8_prefix((const char *)value->bytes, value->size) == value->size;
}

static bool take_names(struct cifar_names *names, const struct cifar_layout *layout, unsigned j,
                       const struct pickle_value *root, struct error *error)
{
    const struct cifar_label *label = &layout->labels[j];
    const struct pickle_value *list = get(root, label->python_names_key, error);
    if (!list)
        return false;
    if (list->kind != PICKLE_LIST || list->items->count != label->num_classes)
        return error_set(error, ERROR_INPUT, "\"%s\" is no list of %u names",
                         label->python_names_key, label->num_classes);
    size_t size = 0;
    for (size_t i = 0; i < label->num_classes; i++) {
        if (!is_name(&list->items->values[i]))
            return error_set(error, ERROR_INPUT,
                             "\"%s\": name %zu is no text (UTF-8, 1 to 100 bytes)",
                             label->python_names_key, i);
        size += list->items->values[i].size + 1;
    }
    names->text = malloc(size);
    if (!names->text)
        return error_memory(error);
    char *at = names->text;
    for (size_t i = 0; i < label->num_classes; i++) {
        const struct pickle_value *name = &list->items->values[i];
        memcpy(at, name->bytes, name->size);
        at[name->size] = '\0';
        names->names[i] = at;
        at += name->size + 1;
    }
    names->count = label->num_classes;
    return true;
}

bool cifar_python_names(struct cifar_names *names, const struct cifar_layout *layout,
                        const struct pickle_value *root, struct error *error)
{
    for (unsigned j = 0; j < layout->num_labels; j++) {
        if (names[j].text)
            return error_set(error, ERROR_INPUT, "there is another file with the names of %s",
                             layout->labels[j].feature);
        if (!take_names(&names[j], layout, j, root, error))
            return false;
    }
    return true;
}
