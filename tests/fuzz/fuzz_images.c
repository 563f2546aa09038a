// SPDX-License-Identifier: MIT
// Any archive, or a single file, as a tree of pictures: decoded, kept, or set aside.
#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_import("train.png", "images", data, size);
    return 0;
}
