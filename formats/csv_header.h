// SPDX-License-Identifier: MIT
// The names of a table's columns: from its first record when that is a header, else made up.
#ifndef SAMPLECASE_FORMATS_CSV_HEADER_H
#define SAMPLECASE_FORMATS_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/csv_reader.h"

struct csv_header {
    bool is_there;
    char *
        *names; // owned; each one text_is_file_name, no two alike; as many as the first record has
    struct csv_record first; // the first record, owned with its texts
    bool has_second;         // the reader stands at the second record
};

// Reads the first two records. The first is a header when one of its texts stands over a number, or
// when there are texts alone and those of the first differ. False with the error.
bool csv_header_read(struct csv_header *header, struct csv_reader *reader, struct error *error);

// A zeroed header is fine.
void csv_header_clear(struct csv_header *header);

#endif
