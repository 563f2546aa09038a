// SPDX-License-Identifier: MIT
#include "server/site.h"

#include "server/compress.h"

bool site_file_finish(struct site_file *file)
{
    if (file->text.failed || !file->text.size)
        return false;
    file->made.bytes = (const unsigned char *)file->text.data;
    file->made.size = file->text.size;
    digest_of(file->text.data, file->text.size, file->made.sha256);
    if (!compress_gzip(&file->packed, file->text.data, file->text.size))
        return false;
    if (file->packed.size < file->text.size) {
        file->made.gzip = (const unsigned char *)file->packed.data;
        file->made.gzip_size = file->packed.size;
    }
    return true;
}

void site_file_clear(struct site_file *file)
{
    buffer_free(&file->text);
    buffer_free(&file->packed);
}
