// SPDX-License-Identifier: MIT
#include "formats/foreign.h"

#include <string.h>
#include <strings.h>

#include "formats/naming.h"

static const char HTML[] =
    "is an HTML page, as servers send it instead of a file that is not there; fetch the file again";
static const char POINTER[] =
    "is a pointer of Git LFS, not the file itself; git lfs pull fetches it";

// Binary forms, by what they begin with.
static const struct {
    const char *mark;
    size_t size;
    const char *reason;
} MARKS[] = {
    {"\xfd"
     "7zXZ\0",
     6, "is packed by xz; unpack it (unxz), or pack it by gzip"},
    {"BZh", 3, "is packed by bzip2; unpack it (bunzip2), or pack it by gzip"},
    {"\x28\xb5\x2f\xfd", 4, "is packed by zstd; unpack it (unzstd), or pack it by gzip"},
    {"7z\xbc\xaf\x27\x1c", 6, "is a 7z archive; unpack it and add the folder"},
    {"Rar!\x1a\x07", 6, "is a RAR archive; unpack it and add the folder"},
    {"\x89HDF\r\n\x1a\n", 8, "is an HDF5 file; save its arrays by numpy.savez"},
    {"PAR1", 4, "is a Parquet table; save it as CSV or JSON Lines"},
    {"ARROW1", 6, "is an Arrow table; save it as CSV or JSON Lines"},
    {"SQLite format 3", 16, "is an SQLite database; save its tables as CSV"},
};

// Whether a text begins so, letters of either case, after a byte order mark and blanks.
static bool begins(const uint8_t *head, size_t size, const char *with)
{
    const char *text = (const char *)head, *end = text + size;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (text < end && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n'))
        text++;
    return (size_t)(end - text) >= strlen(with) && strncasecmp(text, with, strlen(with)) == 0;
}

static bool is_html(const uint8_t *head, size_t size)
{
    return begins(head, size, "<!doctype html") || begins(head, size, "<html");
}

static bool is_pointer(const uint8_t *head, size_t size)
{
    return begins(head, size, "version https://git-lfs.github.com/spec/");
}

// Protocol 2 and later begin with their number and end in a full stop.
static bool is_pickle(const char *member, const uint8_t *head, size_t size)
{
    return naming_ends_in(member, ".pkl") || naming_ends_in(member, ".pickle") ||
           (size >= 3 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 && head[2] >= 0x28);
}

bool foreign_is_stand_in(const uint8_t *head, size_t size)
{
    return is_html(head, size) || is_pointer(head, size);
}

const char *foreign_reason(const char *member, const uint8_t *head, size_t size)
{
    if (size == 0)
        return "is empty";
    if (is_html(head, size))
        return HTML;
    if (is_pointer(head, size))
        return POINTER;
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (size >= MARKS[i].size && memcmp(head, MARKS[i].mark, MARKS[i].size) == 0)
            return MARKS[i].reason;
    if (is_pickle(member, head, size))
        return "is a pickle of Python; of these only CIFAR's are read: save its arrays by "
               "numpy.savez";
    if (naming_ends_in(member, ".json") && begins(head, size, "["))
        return "is a list in JSON; JSON Lines are read, an object a line (jq -c '.[]' writes "
               "them), in a file called .jsonl";
    return NULL;
}
