// SPDX-License-Identifier: MIT
#include "formats/format.h"

#include <string.h>

#include "base/buffer.h"
#include "formats/cifar.h"
#include "formats/csv.h"
#include "formats/foreign.h"
#include "formats/idx.h"
#include "formats/images.h"
#include "formats/jsonl.h"
#include "formats/mat.h"
#include "formats/npy.h"
#include "formats/source.h"
#include "formats/text_folder.h"

const struct format *const FORMATS[] = {&FORMAT_IDX,  &FORMAT_NPY,    &FORMAT_CIFAR,
                                        &FORMAT_CSV,  &FORMAT_MAT,    &FORMAT_JSONL,
                                        &FORMAT_TEXT, &FORMAT_IMAGES, NULL};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; FORMATS[i]; i++)
        if (strcmp(FORMATS[i]->name, name) == 0)
            return FORMATS[i];
    return NULL;
}

// "these could be idx or cifar; choose one with --format"
static void refuse_several(const struct source *source, enum probe level, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    const char *before = "the files could be ";
    for (size_t i = 0; FORMATS[i]; i++) {
        if (FORMATS[i]->probe(source) == level) {
            buffer_printf(&text, "%s%s", before, FORMATS[i]->name);
            before = " or ";
        }
    }
    buffer_string(&text, "; choose one with --format");
    error_take(error, ERROR_INPUT, &text);
}

// Says what one of the files is instead; false when nothing is known of any.
static bool refuse_foreign(const struct source *source, struct error *error)
{
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const struct source_member *member = source_glimpsed(source, i);
        const char *reason = foreign_reason(member->name, member->head, member->head_size);
        if (reason) {
            error_set(error, ERROR_INPUT, "%s: %s", member->name, reason);
            return true;
        }
    }
    return false;
}

// Whether all there is stands where a file should be. Its name says nothing then.
static bool is_stand_in(const struct source *source)
{
    const struct source_member *member = source_glimpsed(source, 0);
    return source_num_glimpsed(source) == 1 && source_glimpsed_all(source) &&
           foreign_is_stand_in(member->head, member->head_size);
}

// Says what was seen and what could be read.
static void refuse_all(const struct source *source, struct error *error)
{
    enum { SHOWN = 5 };
    struct buffer text = BUFFER_INIT;
    size_t count = source_num_glimpsed(source);
    if (refuse_foreign(source, error))
        return;
    if (count == 0)
        buffer_string(&text, "there is no file in it");
    else
        buffer_string(&text, "no format is recognised in ");
    for (size_t i = 0; i < count && i < SHOWN; i++)
        buffer_printf(&text, "%s%.100s", i > 0 ? ", " : "", source_glimpsed(source, i)->name);
    if (count > SHOWN)
        buffer_string(&text, ", …");
    buffer_string(&text, "; what can be read: ");
    for (size_t i = 0; FORMATS[i]; i++)
        buffer_printf(&text, "%s%s", i > 0 ? ", " : "", FORMATS[i]->name);
    buffer_string(&text, " (samplecase formats says by what each is recognised)");
    error_take(error, ERROR_INPUT, &text);
}

const struct format *format_recognise(const struct source *source, struct error *error)
{
    for (enum probe level = PROBE_CONTENT; level > PROBE_NO; level--) {
        const struct format *found = NULL;
        size_t count = 0;
        if (level < PROBE_CONTENT && is_stand_in(source))
            break;
        for (size_t i = 0; FORMATS[i]; i++)
            if (FORMATS[i]->probe(source) == level) {
                found = FORMATS[i];
                count++;
            }
        if (count == 1)
            return found;
        if (count > 1) {
            refuse_several(source, level, error);
            return NULL;
        }
    }
    refuse_all(source, error);
    return NULL;
}
