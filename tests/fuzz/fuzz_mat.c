// SPDX-License-Identifier: MIT
// MAT files as a dataset, and as the struct array of ImageNet's development kit.
#include <stdlib.h>
#include <string.h>

#include "formats/mat_struct.h"
#include "formats/source.h"
#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Looks at every value.
static void read_struct(const uint8_t *data, size_t size)
{
    static const char *const FIELDS[] = {"ILSVRC2012_ID", "WNID", "words", "children"};
    const struct source_limits limits = {.members = 100, .unpacked = 1 << 20, .ratio = 200};
    struct error error = ERROR_INIT;
    struct source_member member;
    struct source *source = source_open_memory("meta.mat", data, size, &limits, &error);
    if (source && source_next(source, &member, &error) == SOURCE_MEMBER) {
        struct mat_struct *array = mat_struct_read(source, "synsets", &error);
        if (!array != (error.kind != ERROR_NONE) || error.kind == ERROR_INTERNAL)
            abort();
        size_t sum = 0;
        for (size_t i = 0; array && i < mat_struct_count(array); i++)
            for (size_t j = 0; j < sizeof FIELDS / sizeof *FIELDS; j++) {
                size_t count;
                const char *text = mat_struct_text(array, i, FIELDS[j]);
                const double *numbers = mat_struct_numbers(array, i, FIELDS[j], &count);
                sum += text ? strlen(text) : 0;
                sum += numbers && count > 0 && numbers[count - 1] > 0;
            }
        (void)sum;
        mat_struct_free(array);
    }
    source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_import("train.mat", "mat", data, size);
    read_struct(data, size);
    return 0;
}
