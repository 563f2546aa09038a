// SPDX-License-Identifier: MIT
// Any file: its members are read twice, which must give the same bytes, then it is imported.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "formats/source.h"
#include "tests/fuzz/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Reads all members; the hash of their names and bytes, and how it ended.
static enum source_step read_all(struct source *source, char sha256[DIGEST_HEX],
                                 struct error *error)
{
    struct digest digest;
    struct source_member member;
    enum source_step step;
    uint8_t bytes[1000];
    int64_t got = 0;
    digest_init(&digest);
    while (got >= 0 && (step = source_next(source, &member, error)) == SOURCE_MEMBER) {
        digest_update(&digest, member.name, strlen(member.name));
        while ((got = source_read(source, bytes, sizeof bytes, error)) > 0)
            digest_update(&digest, bytes, (size_t)got);
        if (got == 0 && member.size != SOURCE_SIZE_UNKNOWN &&
            member.size != source_offset(source) && error->kind == ERROR_NONE)
            abort();
    }
    digest_hex(&digest, sha256);
    return got < 0 ? SOURCE_FAILED : step;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct source_limits limits = {.members = 100, .unpacked = 1 << 20, .ratio = 200};
    struct error error = ERROR_INIT, again = ERROR_INIT, ignored = ERROR_INIT;
    char sha256[2][DIGEST_HEX];
    struct source *source = source_open_memory("file", data, size, &limits, &error);
    if (source) {
        enum source_step first = read_all(source, sha256[0], &error);
        source_rewind(source, &ignored);
        enum source_step second = read_all(source, sha256[1], &again);
        if (first != second || strcmp(sha256[0], sha256[1]) != 0 ||
            strcmp(error.text, again.text) != 0) {
            fprintf(stderr, "two readings differ: %s / %s\n", error.text, again.text);
            abort();
        }
    }
    source_close(source);
    fuzz_import("file", NULL, data, size);
    return 0;
}
