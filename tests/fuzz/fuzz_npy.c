// SPDX-License-Identifier: MIT
// The first byte chooses the name, the others are the file: an array, or a zip archive of arrays.
#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"x.npy", "y.npy", "train_labels.npy", "d.npz"};
    if (size > 0)
        fuzz_import(NAMES[data[0] % (sizeof NAMES / sizeof *NAMES)], "npy", data + 1, size - 1);
    return 0;
}
