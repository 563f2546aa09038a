// SPDX-License-Identifier: MIT
#include "formats/source_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

enum { BLOCK = 256 << 10, FREE_BYTES = 1 << 20, TAR_BLOCK = 512, MAX_NAME = 4096 };

// libarchive draws in libxml2, ICU and libstdc++, which would cost every start of the program 3 ms.
// So it is not linked but loaded when the first archive is opened; its functions are these.
// clang-format off
#define LIBARCHIVE(X)                                                                         \
    X(archive_read_new) X(archive_read_free) X(archive_read_open1)                            \
    X(archive_read_next_header) X(archive_read_data_block) X(archive_read_set_callback_data)  \
    X(archive_read_set_read_callback) X(archive_read_set_seek_callback)                       \
    X(archive_read_set_skip_callback) X(archive_read_support_format_tar)                      \
    X(archive_read_support_format_zip_seekable) X(archive_set_error) X(archive_error_string)  \
    X(archive_errno) X(archive_format_name) X(archive_entry_pathname)                         \
    X(archive_entry_pathname_utf8) X(archive_entry_hardlink) X(archive_entry_filetype)        \
    X(archive_entry_sparse_count) X(archive_entry_is_encrypted) X(archive_entry_size_is_set)  \
    X(archive_entry_size) X(archive_filter_bytes)
// clang-format on

static struct {
#define X(name) __typeof__(&(name)) name;
    LIBARCHIVE(X)
#undef X
} lib;

static pthread_once_t load_once = PTHREAD_ONCE_INIT;
static bool loaded;
static locale_t utf8; // libarchive names entries in the locale's characters; 0 if there is none

static void load(void)
{
    utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    void *symbol;
    loaded = true;
#define X(name)                                                                                    \
    symbol = dlsym(library, #name);                                                                \
    memcpy(&lib.name, &symbol, sizeof lib.name);                                                   \
    loaded = loaded && symbol;
    LIBARCHIVE(X)
#undef X
}

struct source_archive {
    struct stream stream; // of the current entry
    struct archive *reader;
    struct stream *from;   // tar
    struct packed *packed; // zip
    uint64_t ratio;        // zip
    uint64_t at;           // zip: where the next read takes place
    uint64_t zeros;        // tar: zero bytes at the end of what was read
    uint64_t entry_size, entry_read;
    uint64_t offset;      // tar: of the entry's bytes
    uint64_t unpacked;    // sizes of the entries so far
    struct error below;   // why a read below the reader failed; empty if it only stopped
    struct buffer folder; // name of the present entry
    bool stopped;         // a read below the reader failed or stopped
    uint8_t *block;       // zip: the reader's input
};

static void count_zeros(struct source_archive *archive, const uint8_t *bytes, size_t size)
{
    size_t zeros = 0;
    while (zeros < size && bytes[size - 1 - zeros] == 0)
        zeros++;
    archive->zeros = zeros == size ? archive->zeros + size : zeros;
}

static la_ssize_t read_tar(struct archive *reader, void *context, const void **bytes)
{
    struct source_archive *archive = context;
    const uint8_t *run;
    int64_t size = stream_next(archive->from, &run, &archive->below);
    if (size < 0) {
        archive->stopped = true;
        lib.archive_set_error(reader, EIO, "cannot be read");
        return ARCHIVE_FATAL;
    }
    count_zeros(archive, run, (size_t)size);
    *bytes = run;
    return (la_ssize_t)size;
}

static la_ssize_t read_zip(struct archive *reader, void *context, const void **bytes)
{
    struct source_archive *archive = context;
    int64_t size =
        packed_read_at(archive->packed, archive->at, archive->block, BLOCK, &archive->below);
    if (size < 0) {
        archive->stopped = true;
        lib.archive_set_error(reader, EIO, "cannot be read");
        return ARCHIVE_FATAL;
    }
    archive->at += (uint64_t)size;
    *bytes = archive->block;
    return (la_ssize_t)size;
}

static la_int64_t seek_zip(struct archive *reader, void *context, la_int64_t offset, int whence)
{
    struct source_archive *archive = context;
    la_int64_t size = (la_int64_t)archive->packed->size;
    la_int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)archive->at : size;
    la_int64_t to;
    if (__builtin_add_overflow(base, offset, &to) || to < 0 || to > size) {
        lib.archive_set_error(reader, EINVAL, "a place past the archive's end");
        return ARCHIVE_FATAL;
    }
    archive->at = (uint64_t)to;
    return to;
}

static la_int64_t skip_zip(struct archive *reader, void *context, la_int64_t request)
{
    struct source_archive *archive = context;
    (void)reader;
    uint64_t left = archive->packed->size - archive->at;
    uint64_t skip = (uint64_t)request < left ? (uint64_t)request : left;
    archive->at += skip;
    return (la_int64_t)skip;
}

// Turns the reader's failure, or that of what it reads from, into ours. Returns -1.
static int failed(struct source_archive *archive, struct error *error)
{
    if (archive->stopped) {
        if (archive->below.kind != ERROR_NONE)
            error_set(error, archive->below.kind, "%s", archive->below.text);
        return -1;
    }
    const char *text = lib.archive_error_string(archive->reader);
    error_set(error, lib.archive_errno(archive->reader) == ENOMEM ? ERROR_MEMORY : ERROR_INPUT,
              "the archive is damaged (%s)", text ? text : "it cannot be read");
    return -1;
}

static int64_t entry_next(struct stream *stream, const uint8_t **bytes, struct error *error)
{
    struct source_archive *archive = (struct source_archive *)stream;
    const void *run;
    size_t size;
    la_int64_t offset;
    for (;;) {
        int result = lib.archive_read_data_block(archive->reader, &run, &size, &offset);
        // The reader counts a run only when it is asked for the next.
        if (archive->entry_read == 0 && archive->from)
            archive->offset = (uint64_t)lib.archive_filter_bytes(archive->reader, 0);
        if (result == ARCHIVE_EOF) {
            if (archive->entry_read == archive->entry_size)
                return 0;
            error_set(error, ERROR_INPUT, "the entry ends after %llu of %llu bytes",
                      (unsigned long long)archive->entry_read,
                      (unsigned long long)archive->entry_size);
            return -1;
        }
        if (result != ARCHIVE_OK)
            return failed(archive, error);
        if ((uint64_t)offset != archive->entry_read ||
            size > archive->entry_size - archive->entry_read) {
            error_set(error, ERROR_INPUT, "the entry is not one run of %llu bytes",
                      (unsigned long long)archive->entry_size);
            return -1;
        }
        if (size > 0)
            break;
    }
    archive->entry_read += size;
    *bytes = run;
    return (int64_t)size;
}

static struct source_archive *open_reader(struct error *error)
{
    pthread_once(&load_once, load);
    if (!loaded) {
        error_set(error, ERROR_SYSTEM,
                  "cannot load libarchive.so.13, which reads tar and zip archives; on Debian: apt "
                  "install libarchive13");
        return NULL;
    }
    struct source_archive *archive = calloc(1, sizeof *archive);
    if (!archive) {
        error_memory(error);
        return NULL;
    }
    archive->stream.next = entry_next;
    archive->reader = lib.archive_read_new();
    if (!archive->reader) {
        source_archive_close(archive);
        error_memory(error);
        return NULL;
    }
    lib.archive_read_set_callback_data(archive->reader, archive);
    return archive;
}

struct source_archive *source_archive_open_tar(struct stream *from, struct error *error)
{
    struct source_archive *archive = open_reader(error);
    if (!archive)
        return NULL;
    archive->from = from;
    lib.archive_read_set_read_callback(archive->reader, read_tar);
    if (lib.archive_read_support_format_tar(archive->reader) != ARCHIVE_OK ||
        lib.archive_read_open1(archive->reader) != ARCHIVE_OK) {
        failed(archive, error);
        source_archive_close(archive);
        return NULL;
    }
    return archive;
}

struct source_archive *source_archive_open_zip(struct packed *packed, uint64_t ratio,
                                               struct error *error)
{
    struct source_archive *archive = open_reader(error);
    if (!archive)
        return NULL;
    archive->packed = packed;
    archive->ratio = ratio;
    archive->block = malloc(BLOCK);
    if (!archive->block) {
        source_archive_close(archive);
        error_memory(error);
        return NULL;
    }
    lib.archive_read_set_read_callback(archive->reader, read_zip);
    lib.archive_read_set_seek_callback(archive->reader, seek_zip);
    lib.archive_read_set_skip_callback(archive->reader, skip_zip);
    if (lib.archive_read_support_format_zip_seekable(archive->reader) != ARCHIVE_OK ||
        lib.archive_read_open1(archive->reader) != ARCHIVE_OK) {
        failed(archive, error);
        source_archive_close(archive);
        return NULL;
    }
    return archive;
}

void source_archive_close(struct source_archive *archive)
{
    if (!archive)
        return;
    if (archive->reader)
        lib.archive_read_free(archive->reader);
    buffer_free(&archive->folder);
    free(archive->block);
    free(archive);
}

// The entry's name without a leading "./"; NULL with the error when it is none that we take.
static const char *check_name(struct archive_entry *entry, struct error *error)
{
    const char *raw = lib.archive_entry_pathname_utf8(entry);
    if (!raw)
        raw = lib.archive_entry_pathname(entry);
    if (!raw) {
        error_set(error, ERROR_INPUT, "an entry has a name that is not UTF-8");
        return NULL;
    }
    const char *name = raw;
    while (name[0] == '.' && name[1] == '/')
        name += 2;
    size_t size = strlen(name);
    if (size > MAX_NAME) {
        error_set(error, ERROR_LIMIT, "an entry's name has %zu bytes, more than %d", size,
                  MAX_NAME);
        return NULL;
    }
    size_t valid = text_utf8_prefix(name, size);
    if (valid != size) {
        error_set(error, ERROR_INPUT, "an entry has a name that is not UTF-8 after \"%.*s\"",
                  (int)valid, name);
        return NULL;
    }
    if (name[0] == '/') {
        error_set(error, ERROR_INPUT, "%s: an entry with an absolute name is refused", name);
        return NULL;
    }
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        if (length == 2 && part[0] == '.' && part[1] == '.') {
            error_set(error, ERROR_INPUT, "%s: an entry with \"..\" in its name is refused", name);
            return NULL;
        }
        if (part[length] == '\0')
            break;
        part += length + 1;
    }
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f) {
            error_set(error, ERROR_INPUT,
                      "%s: an entry with a control character in its name is "
                      "refused",
                      name);
            return NULL;
        }
    return name;
}

// A folder's name without the slashes at its end; NULL when memory is short.
static const char *cut_slashes(struct source_archive *archive, const char *name)
{
    size_t size = strlen(name);
    while (size > 0 && name[size - 1] == '/')
        size--;
    archive->folder.size = 0;
    buffer_append(&archive->folder, name, size);
    return buffer_text(&archive->folder);
}

// Whether a part of the name is hidden or __MACOSX, or the name is empty ("./").
static bool is_passed_over(const char *name)
{
    for (;;) {
        size_t length = strcspn(name, "/");
        if (name[0] == '.' || (length == 8 && memcmp(name, "__MACOSX", 8) == 0))
            return true;
        if (name[length] == '\0')
            return length == 0;
        name += length + 1;
    }
}

// Whether an entry that is no folder is one that we take.
static bool check_entry(struct source_archive *archive, struct archive_entry *entry,
                        const char *name, struct error *error)
{
    const char *why = NULL;
    if (lib.archive_entry_hardlink(entry))
        why = "is a hard link";
    else if (lib.archive_entry_filetype(entry) == AE_IFLNK)
        why = "is a symbolic link";
    else if (lib.archive_entry_filetype(entry) != AE_IFREG)
        why = "is a device or another special file";
    else if (lib.archive_entry_sparse_count(entry) > 0)
        why = "is a sparse file";
    else if (lib.archive_entry_is_encrypted(entry))
        why = "is encrypted";
    else if (!lib.archive_entry_size_is_set(entry) || lib.archive_entry_size(entry) < 0)
        why = "does not state its size";
    if (why)
        return error_set(error, ERROR_INPUT, "%s: the entry %s; only plain files are read", name,
                         why);
    // The reader names a zip entry's method: "ZIP 2.0 (deflation)".
    const char *method = archive->packed ? lib.archive_format_name(archive->reader) : NULL;
    if (method && !strstr(method, "(deflation)") && !strstr(method, "(uncompressed)"))
        return error_set(error, ERROR_INPUT,
                         "%s: the entry is packed as %s; only deflate and stored "
                         "entries are read",
                         name, method);
    return true;
}

static bool add_unpacked(struct source_archive *archive, const char *name, struct error *error)
{
    if (__builtin_add_overflow(archive->unpacked, archive->entry_size, &archive->unpacked))
        return error_set(error, ERROR_LIMIT, "%s: the entries are too large", name);
    if (archive->packed && archive->unpacked > FREE_BYTES &&
        archive->unpacked / archive->ratio > archive->packed->size)
        return error_set(error, ERROR_LIMIT,
                         "%s: the entries up to here have more than %llu times "
                         "the archive's size, as no honest data does",
                         name, (unsigned long long)archive->ratio);
    return true;
}

// At the end of a tar archive: read on, so that what packs it is checked, and see that it has the
// zero blocks that say it is whole (POSIX pax, "ustar Interchange Format": two; one is common).
static int end(struct source_archive *archive, struct error *error)
{
    if (!archive->from)
        return 0;
    const uint8_t *bytes;
    int64_t size;
    while ((size = stream_next(archive->from, &bytes, error)) > 0)
        count_zeros(archive, bytes, (size_t)size);
    if (size < 0)
        return -1;
    if (archive->zeros < TAR_BLOCK) {
        error_set(error, ERROR_INPUT, "the tar archive has no end mark: it was cut short");
        return -1;
    }
    return 0;
}

static int next(struct source_archive *archive, struct source_archive_entry *out,
                struct error *error)
{
    for (;;) {
        struct archive_entry *entry;
        int result = lib.archive_read_next_header(archive->reader, &entry);
        if (result == ARCHIVE_EOF)
            return end(archive, error);
        // A warning is about something that is not used (owners, times), or about a name, which is
        // checked below.
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return failed(archive, error);
        const char *name = check_name(entry, error);
        if (!name)
            return -1;
        bool is_folder = lib.archive_entry_filetype(entry) == AE_IFDIR;
        if (is_folder)
            name = cut_slashes(archive, name);
        if (!name) {
            error_memory(error);
            return -1;
        }
        if (is_passed_over(name))
            continue;
        if (is_folder) {
            *out = (struct source_archive_entry){.name = name, .is_folder = true};
            return 1;
        }
        if (!check_entry(archive, entry, name, error))
            return -1;
        archive->entry_size = (uint64_t)lib.archive_entry_size(entry);
        archive->entry_read = 0;
        if (!add_unpacked(archive, name, error))
            return -1;
        *out = (struct source_archive_entry){
            .name = name, .size = archive->entry_size, .stream = &archive->stream};
        return 1;
    }
}

int source_archive_next(struct source_archive *archive, struct source_archive_entry *out,
                        struct error *error)
{
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    int result = next(archive, out, error);
    if (utf8)
        uselocale(before);
    return result;
}

uint64_t source_archive_offset(const struct source_archive *archive)
{
    return archive->offset;
}
