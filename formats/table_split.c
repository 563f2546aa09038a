// SPDX-License-Identifier: MIT
#include "formats/table_split.h"

#include <string.h>

#include "formats/naming.h"
#include "store/writer.h"

const char *table_split(const char *member, size_t num_members)
{
    const char *base = naming_base(member);
    const char *split =
        num_members > 1 ? naming_split(member) : naming_split_word(base, strcspn(base, "."));
    return split ? split : "all";
}

bool table_split_check(char *const *members, size_t num_members, const struct writer *writer,
                       struct error *error)
{
    if (writer_options(writer)->split || num_members < 2)
        return true;
    for (size_t i = 0; i < num_members; i++)
        if (!naming_split(members[i]))
            return error_set(error, ERROR_INPUT,
                             "%s is one of %zu tables, but its name does not say which split it "
                             "is; call it train, test or val, put all into one with --split, or "
                             "add one table at a time",
                             members[i], num_members);
    return true;
}
