// SPDX-License-Identifier: MIT
#include "formats/identity.h"

#include <stdlib.h>
#include <string.h>

#include "formats/source.h"
#include "store/writer.h"

bool identity_note(struct identity *identity, const char *sha256, const char *member,
                   struct error *error)
{
    const struct known *known = known_by_hash(sha256);
    if (!known || known == identity->known)
        return true;
    if (identity->known)
        return error_set(error, ERROR_INPUT,
                         "%s belongs to %s, but %s to %s; add one dataset at a "
                         "time",
                         identity->by, identity->known->title, member, known->title);
    identity->known = known;
    identity->by = strdup(member);
    return identity->by || error_memory(error);
}

bool identity_note_files(struct identity *identity, const struct source *source,
                         struct error *error)
{
    for (size_t i = 0; i < source_num_files(source); i++) {
        struct source_file_read file = source_file(source, i);
        if (!identity_note(identity, file.sha256, file.file, error))
            return false;
    }
    return true;
}

bool identity_settle(struct identity *identity, struct writer *writer, struct error *error)
{
    const char *name = writer_options(writer)->name;
    const struct known *named = name ? known_find(name) : NULL;
    if (!identity->known) {
        if (named && known_fits(named, writer_schema(writer)))
            identity->known = named;
        return true;
    }
    if (!named || named == identity->known)
        return true;
    return writer_warn(writer, error, "Named %s, but the files are those of %s.", named->name,
                       identity->known->title);
}

void identity_clear(struct identity *identity)
{
    free(identity->by);
    *identity = (struct identity){.by = NULL};
}
