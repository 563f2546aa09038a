// SPDX-License-Identifier: MIT
// The first byte chooses the name, the others are the file.
#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"data_batch_1.bin", "data_batch_2.bin", "train.bin",
                                        "fine_label_names.txt", "data_batch_1", "test", "meta"};
    if (size > 0)
        fuzz_import(NAMES[data[0] % (sizeof NAMES / sizeof *NAMES)], "cifar", data + 1, size - 1);
    return 0;
}
