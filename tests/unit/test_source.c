// SPDX-License-Identifier: MIT
// Sources beyond what golden cases can hold: large members, ends of blocks, early closing, limits,
// fifos and links, files that change.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "formats/queue.h"
#include "formats/source.h"

enum { TAR = 512 };

static const struct source_limits LIMITS = SOURCE_LIMITS_DEFAULT;

// --- input

static uint8_t *make_bytes(size_t size, unsigned seed)
{
    uint8_t *bytes = test_malloc(size ? size : 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)((i * 2654435761u + seed) >> 11);
    return bytes;
}

struct tar {
    uint8_t *bytes;
    size_t size;
};

// Appends an entry (POSIX ustar).
static void tar_add(struct tar *tar, const char *name, const uint8_t *bytes, size_t size)
{
    size_t padded = (size + TAR - 1) / TAR * TAR;
    tar->bytes = test_realloc(tar->bytes, tar->size + TAR + padded);
    char *header = (char *)tar->bytes + tar->size;
    memset(header, 0, TAR + padded);
    snprintf(header, 100, "%s", name);
    snprintf(header + 124, 12, "%011zo", size);
    header[156] = '0';
    memcpy(header + 257, "ustar", 6);
    memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < TAR; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    memcpy(header + TAR, bytes, size);
    tar->size += TAR + padded;
}

// Makes the last entry, which is empty, a folder.
static void tar_make_folder(struct tar *tar)
{
    char *header = (char *)tar->bytes + tar->size - TAR;
    header[156] = '5';
    memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < TAR; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
}

static void tar_end(struct tar *tar)
{
    tar->bytes = test_realloc(tar->bytes, tar->size + 2 * TAR);
    memset(tar->bytes + tar->size, 0, 2 * TAR);
    tar->size += 2 * TAR;
}

static void put_little(uint8_t *to, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

// CRC-32 as gzip has it (RFC 1952, section 8), bit by bit.
static uint32_t crc(const uint8_t *bytes, size_t size)
{
    uint32_t value = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        value ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value;
}

// gzip with stored blocks only (RFC 1951, section 3.2.4).
static uint8_t *make_gzip(const uint8_t *bytes, size_t size, size_t *packed)
{
    enum { STORED = 65535 };
    uint8_t *out = test_malloc(10 + size + (size / STORED + 1) * 5 + 8), *at = out + 10;
    memcpy(out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    for (size_t from = 0; from < size || from == 0; from += STORED) {
        size_t part = size - from < STORED ? size - from : STORED;
        at[0] = from + part == size;
        put_little(at + 1, (uint32_t)part, 2);
        put_little(at + 3, (uint32_t)~part, 2);
        memcpy(at + 5, bytes + from, part);
        at += 5 + part;
    }
    put_little(at, crc(bytes, size), 4);
    put_little(at + 4, (uint32_t)size, 4);
    *packed = (size_t)(at + 8 - out);
    return out;
}

struct folder {
    char path[64];
    char text[256];
};

static int folder_make(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    const char *temporary = getenv("TMPDIR");
    if (!folder)
        return -1;
    snprintf(folder->path, sizeof folder->path, "%.40s/source-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    *state = folder;
    return mkdtemp(folder->path) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int folder_remove(void **state)
{
    struct folder *folder = *state;
    int result = nftw(folder->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
    return result;
}

static char *in_folder(struct folder *folder, const char *name)
{
    snprintf(folder->text, sizeof folder->text, "%s/%s", folder->path, name);
    return folder->text;
}

static void put_file(struct folder *folder, const char *name, const char *text)
{
    FILE *file = fopen(in_folder(folder, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static struct source *open_one(char *path, struct error *error)
{
    static char *paths[1]; // borrowed until source_close
    paths[0] = path;
    return source_open(paths, 1, &LIMITS, error);
}

// --- reading

// Reads the present member in pieces of that size and compares it.
static void expect_bytes(struct source *source, const uint8_t *bytes, size_t size, size_t piece)
{
    struct error error = ERROR_INIT;
    uint8_t *got = test_malloc(piece);
    size_t at = 0;
    int64_t more;
    while ((more = source_read(source, got, piece, &error)) > 0) {
        assert_true(at + (size_t)more <= size);
        assert_memory_equal(got, bytes + at, (size_t)more);
        at += (size_t)more;
        assert_int_equal(source_offset(source), at);
    }
    assert_int_equal(more, 0);
    assert_int_equal(at, size);
    assert_int_equal(source_read(source, got, piece, &error), 0);
    test_free(got);
}

static void reads_members_of_any_size(void **state)
{
    static const size_t SIZES[] = {0,
                                   1,
                                   511,
                                   QUEUE_BLOCK_BYTES - 1,
                                   QUEUE_BLOCK_BYTES,
                                   QUEUE_BLOCK_BYTES + 1,
                                   3 * QUEUE_BLOCK_BYTES,
                                   20 * QUEUE_BLOCK_BYTES + 7};
    enum { COUNT = sizeof SIZES / sizeof *SIZES };
    (void)state;
    struct error error = ERROR_INIT;
    struct tar tar = {NULL, 0};
    uint8_t *bytes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "folder/%zu", i);
        bytes[i] = make_bytes(SIZES[i], (unsigned)i);
        tar_add(&tar, name, bytes[i], SIZES[i]);
    }
    tar_end(&tar);
    char sha256[DIGEST_HEX];
    digest_of(tar.bytes, tar.size, sha256);

    struct source *source = source_open_memory("all.tar", tar.bytes, tar.size, &LIMITS, &error);
    assert_non_null(source);
    assert_false(source_glimpsed_all(source));
    assert_true(source_num_glimpsed(source) >= 4);
    for (int pass = 0; pass < 3; pass++) {
        struct source_member member;
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
            assert_int_equal(member.size, SIZES[i]);
            assert_int_equal(member.head_size, SIZES[i] < SOURCE_HEAD ? SIZES[i] : SOURCE_HEAD);
            if (member.head_size > 0)
                assert_memory_equal(member.head, bytes[i], member.head_size);
            if (pass != 1 || i % 2 == 0) // the second time some are skipped
                expect_bytes(source, bytes[i], SIZES[i], pass == 0 ? 1000 : QUEUE_BLOCK_BYTES);
        }
        assert_string_equal(member.name, "folder/7");
        assert_string_equal(source_where(source), "all.tar: folder/7");
        assert_int_equal(source_next(source, &member, &error), SOURCE_END);
        assert_int_equal(source_next(source, &member, &error), SOURCE_END);
        assert_string_equal(source_file(source, 0).sha256, sha256);
        assert_int_equal(source_file(source, 0).bytes, tar.size);
        uint64_t done, total;
        source_progress(source, &done, &total);
        assert_int_equal(done, tar.size);
        assert_int_equal(total, tar.size);
        assert_true(source_rewind(source, &error));
        assert_string_equal(source_file(source, 0).sha256, "");
    }
    source_close(source);
    for (size_t i = 0; i < COUNT; i++)
        test_free(bytes[i]);
    test_free(tar.bytes);
}

// gzip within tar, and that within gzip: undone, and glimpsed at however large it is.
static void glimpses_into_gzip(void **state)
{
    (void)state;
    size_t size = 5 * QUEUE_BLOCK_BYTES + 100, packed, all;
    uint8_t *bytes = make_bytes(size, 9);
    uint8_t *inner = make_gzip(bytes, size, &packed);
    struct tar tar = {NULL, 0};
    tar_add(&tar, "a.gz", inner, packed);
    tar_end(&tar);
    uint8_t *outer = make_gzip(tar.bytes, tar.size, &all);
    for (int i = 0; i < 3; i++) {
        struct error error = ERROR_INIT;
        struct source_member member;
        struct source *source = i == 0 ? source_open_memory("a.gz", inner, packed, &LIMITS, &error)
                                : i == 1
                                    ? source_open_memory("t", tar.bytes, tar.size, &LIMITS, &error)
                                    : source_open_memory("t", outer, all, &LIMITS, &error);
        assert_non_null(source);
        assert_int_equal(source_num_glimpsed(source), 1);
        assert_int_equal(source_glimpsed(source, 0)->head_size, SOURCE_HEAD);
        assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
        assert_string_equal(member.name, "a");
        assert_true(member.size == SOURCE_SIZE_UNKNOWN);
        expect_bytes(source, bytes, size, 5000);
        assert_int_equal(source_next(source, &member, &error), SOURCE_END);
        source_close(source);
    }
    test_free(outer);
    test_free(tar.bytes);
    test_free(inner);
    test_free(bytes);
}

// Whatever was read before, closing ends the reading thread.
static void closes_at_any_time(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct source_member member;
    size_t size = 40 * QUEUE_BLOCK_BYTES;
    uint8_t *bytes = make_bytes(size, 3), got[1000];
    struct tar tar = {NULL, 0};
    tar_add(&tar, "a", bytes, size);
    tar_add(&tar, "b", bytes, size);
    tar_end(&tar);
    for (int reads = -2; reads < 2000; reads = reads < 0 ? reads + 1 : reads * 3 + 1) {
        struct source *source = source_open_memory("x", tar.bytes, tar.size, &LIMITS, &error);
        assert_non_null(source);
        if (reads > -2)
            assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
        for (int i = 0; i < reads; i++)
            assert_int_equal(source_read(source, got, sizeof got, &error), sizeof got);
        if (reads == 1) {
            assert_true(source_rewind(source, &error));
            assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
            assert_string_equal(member.name, "a");
        }
        source_close(source);
    }
    source_close(NULL);
    test_free(tar.bytes);
    test_free(bytes);
}

// An error in the second entry leaves the first readable, and stays.
static void keeps_an_error(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct source_member member;
    size_t size = 4 * QUEUE_BLOCK_BYTES;
    uint8_t *bytes = make_bytes(size, 5), got[100];
    struct tar tar = {NULL, 0};
    tar_add(&tar, "good", bytes, size);
    tar_add(&tar, "../bad", bytes, 3);
    tar_end(&tar);
    struct source *source = source_open_memory("x.tar", tar.bytes, tar.size, &LIMITS, &error);
    assert_non_null(source);
    assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
    for (size_t at = 0; at + 100 <= size; at += 100)
        assert_int_equal(source_read(source, got, 100, &error), 100);
    for (int i = 0; i < 2; i++) {
        error = (struct error)ERROR_INIT;
        assert_int_equal(source_next(source, &member, &error), SOURCE_FAILED);
        assert_string_equal(error.text,
                            "x.tar: ../bad: an entry with \"..\" in its name is refused");
    }
    source_close(source);
    test_free(tar.bytes);
    test_free(bytes);
}

static void expect_failure(const char *name, const struct tar *tar,
                           const struct source_limits *limits, const char *text)
{
    struct error error = ERROR_INIT;
    struct source_member member;
    struct source *source = source_open_memory(name, tar->bytes, tar->size, limits, &error);
    while (source && source_next(source, &member, &error) == SOURCE_MEMBER)
        continue;
    assert_string_equal(error.text, text);
    source_close(source);
}

static void obeys_limits(void **state)
{
    (void)state;
    struct source_limits limits = SOURCE_LIMITS_DEFAULT;
    size_t size = 2 * QUEUE_BLOCK_BYTES;
    uint8_t *bytes = make_bytes(size, 1);
    struct tar tar = {NULL, 0};
    tar_add(&tar, "a", bytes, size);
    tar_add(&tar, "b", bytes, 1);
    tar_add(&tar, "c", bytes, 1);
    tar_end(&tar);
    limits.members = 2;
    expect_failure("x", &tar, &limits, "x: c: more than 2 members");
    limits.members = 3;
    limits.unpacked = size;
    expect_failure("x", &tar, &limits, "x: a: more than 524288 bytes in all, unpacked");
    limits.unpacked = tar.size;
    expect_failure("x", &tar, &limits, "");
    test_free(tar.bytes);
    test_free(bytes);
}

// --- folders

static void walks_in_order(void **state)
{
    static const char *const NAMES[] = {"B", "a/b", "a/c/d", "a.txt", "ä"};
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    assert_int_equal(mkdir(in_folder(folder, "a"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "a/c"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, ".git"), 0755), 0);
    put_file(folder, ".git/config", "no");
    for (size_t i = 5; i-- > 0;)
        put_file(folder, NAMES[i], NAMES[i]);
    struct source *source = open_one(folder->path, &error);
    assert_non_null(source);
    assert_int_equal(source_num_glimpsed(source), 5);
    assert_true(source_glimpsed_all(source));
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
        assert_string_equal(member.name, NAMES[i]);
        assert_string_equal(source_glimpsed(source, i)->name, NAMES[i]);
        expect_bytes(source, (const uint8_t *)NAMES[i], strlen(NAMES[i]), 3);
    }
    assert_int_equal(source_next(source, &member, &error), SOURCE_END);
    source_close(source);
}

static void expect_refusal(struct folder *folder, const char *ending)
{
    struct error error = ERROR_INIT;
    assert_null(open_one(folder->path, &error));
    char text[256];
    snprintf(text, sizeof text, "%s%s", folder->path, ending);
    assert_string_equal(error.text, text);
}

static void refuses_what_is_no_file(void **state)
{
    struct folder *folder = *state;
    assert_int_equal(mkfifo(in_folder(folder, "pipe"), 0644), 0);
    expect_refusal(folder, ": pipe: is neither a regular file nor a folder");
    assert_int_equal(unlink(in_folder(folder, "pipe")), 0);
    assert_int_equal(symlink("/", in_folder(folder, "loop")), 0);
    expect_refusal(folder, ": loop: is a symbolic link; only regular files are read");
    assert_int_equal(unlink(in_folder(folder, "loop")), 0);
    put_file(folder, "caf\xe9", "x");
    expect_refusal(folder, ": a file has a name that is not UTF-8 after \"caf\"");
    assert_int_equal(unlink(in_folder(folder, "caf\xe9")), 0);
    expect_refusal(folder, ": the folder holds no files");
}

static void refuses_depth(void **state)
{
    struct folder *folder = *state;
    char name[200] = "";
    for (int i = 0; i < 70; i++) {
        strcat(name, i ? "/d" : "d");
        assert_int_equal(mkdir(in_folder(folder, name), 0755), 0);
    }
    expect_refusal(folder, ": folders lie more than 64 deep");
}

// A link that the user names is followed; the file has the link's name.
static void follows_the_users_link(void **state)
{
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    put_file(folder, "real", "hello");
    assert_int_equal(symlink("real", in_folder(folder, "link")), 0);
    struct source *source = open_one(in_folder(folder, "link"), &error);
    assert_non_null(source);
    assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
    assert_string_equal(member.name, "link");
    expect_bytes(source, (const uint8_t *)"hello", 5, 100);
    source_close(source);
}

static void notices_changes(void **state)
{
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    put_file(folder, "a", "hello");
    struct source *source = open_one(folder->path, &error);
    assert_non_null(source);
    assert_int_equal(unlink(in_folder(folder, "a")), 0);
    assert_int_equal(symlink("/etc/passwd", in_folder(folder, "a")), 0);
    assert_int_equal(source_next(source, &member, &error), SOURCE_FAILED);
    assert_string_equal(error.text, "a: cannot be opened: Too many levels of symbolic links");
    source_close(source);
}

static void joins_several_paths(void **state)
{
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    struct tar tar = {NULL, 0};
    tar_add(&tar, "a/1", (const uint8_t *)"x", 1);
    tar_end(&tar);
    char paths[3][256], *list[3];
    for (int i = 0; i < 3; i++)
        list[i] = paths[i];
    snprintf(paths[0], sizeof paths[0], "%s", in_folder(folder, "train.tar"));
    snprintf(paths[1], sizeof paths[1], "%s", in_folder(folder, "test.tgz"));
    snprintf(paths[2], sizeof paths[2], "%s", in_folder(folder, "plain"));
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(paths[i], "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(tar.bytes, 1, tar.size, file), tar.size);
        assert_int_equal(fclose(file), 0);
    }
    put_file(folder, "plain", "y");
    static const char *const NAMES[] = {"train/a/1", "test/a/1", "plain"};
    struct source *source = source_open(list, 3, &LIMITS, &error);
    assert_non_null(source);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
        assert_string_equal(member.name, NAMES[i]);
    }
    assert_int_equal(source_next(source, &member, &error), SOURCE_END);
    assert_int_equal(source_num_files(source), 3);
    assert_string_equal(source_file(source, 1).file, "test.tgz");
    source_close(source);
    test_free(tar.bytes);
}

// Two folders: their members lie below their names.
static void names_several_folders(void **state)
{
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    char paths[2][256], *list[] = {paths[0], paths[1]};
    assert_int_equal(mkdir(in_folder(folder, "train"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "test"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "test/none"), 0755), 0);
    put_file(folder, "train/a", "x");
    put_file(folder, "test/a", "y");
    snprintf(paths[0], sizeof paths[0], "%s/train/", folder->path);
    snprintf(paths[1], sizeof paths[1], "%s/train/../test", folder->path);
    struct source *source = source_open(list, 2, &LIMITS, &error);
    assert_non_null(source);
    assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
    assert_string_equal(member.name, "train/a");
    assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
    assert_string_equal(member.name, "test/a");
    assert_string_equal(source_where(source), "test/a");
    assert_int_equal(source_next(source, &member, &error), SOURCE_END);
    assert_int_equal(source_num_empty_folders(source), 1);
    assert_string_equal(source_empty_folder(source, 0), "test/none");
    source_close(source);
}

static void lists_empty_folders(void **state)
{
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    assert_int_equal(mkdir(in_folder(folder, "a"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "a/z"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "a/B"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "a/B/.hidden"), 0755), 0);
    assert_int_equal(mkdir(in_folder(folder, "b"), 0755), 0);
    put_file(folder, "b/x", "x");
    struct source *source = open_one(folder->path, &error);
    assert_non_null(source);
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(source_num_empty_folders(source), 0);
        while (source_next(source, &member, &error) == SOURCE_MEMBER)
            continue;
        assert_int_equal(source_num_empty_folders(source), 2);
        assert_string_equal(source_empty_folder(source, 0), "a/B");
        assert_string_equal(source_empty_folder(source, 1), "a/z");
        assert_true(source_rewind(source, &error));
    }
    source_close(source);
}

// What an archive lists as a folder, where nothing is in it, each once.
static void lists_empty_folders_of_archives(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    struct source_member member;
    struct tar tar = {NULL, 0};
    static const char *const FOLDERS[] = {"d/",      "d/none/",    "d/none/",
                                          "d/some/", "d/deep/er/", "d/.hidden/"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        tar_add(&tar, FOLDERS[i], (const uint8_t *)"", 0);
        tar_make_folder(&tar);
    }
    tar_add(&tar, "d/some/x", (const uint8_t *)"x", 1);
    tar_end(&tar);
    struct source *source = source_open_memory("t.tar", tar.bytes, tar.size, &LIMITS, &error);
    assert_non_null(source);
    assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
    assert_null(member.place.path);
    assert_int_equal(source_next(source, &member, &error), SOURCE_END);
    assert_int_equal(source_num_empty_folders(source), 2);
    assert_string_equal(source_empty_folder(source, 0), "d/deep/er");
    assert_string_equal(source_empty_folder(source, 1), "d/none");
    source_close(source);
    test_free(tar.bytes);
}

// Many small members share blocks of the queue; none gets another's bytes.
static void reads_many_small_members(void **state)
{
    enum { COUNT = 3000 };
    struct folder *folder = *state;
    struct error error = ERROR_INIT;
    struct source_member member;
    char name[32], text[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "%06d", i);
        put_file(folder, name, i % 7 == 0 ? "" : name);
    }
    struct source *source = open_one(folder->path, &error);
    assert_non_null(source);
    struct digest digest;
    digest_init(&digest);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(source_next(source, &member, &error), SOURCE_MEMBER);
        snprintf(name, sizeof name, "%06d", i);
        assert_string_equal(member.name, name);
        const char *content = i % 7 == 0 ? "" : name;
        assert_int_equal(member.size, strlen(content));
        if (i % 3 > 0)
            expect_bytes(source, (const uint8_t *)content, strlen(content), 4);
        char sha256[DIGEST_HEX];
        digest_of(content, strlen(content), sha256);
        int size = snprintf(text, sizeof text, "  %s\n", name);
        digest_update(&digest, sha256, DIGEST_HEX - 1);
        digest_update(&digest, text, (size_t)size);
    }
    assert_int_equal(source_next(source, &member, &error), SOURCE_END);
    char sha256[DIGEST_HEX];
    digest_hex(&digest, sha256);
    assert_int_equal(source_num_files(source), 1);
    assert_string_equal(source_file(source, 0).sha256, sha256);
    assert_int_equal(source_file(source, 0).bytes, 6 * (COUNT - (COUNT + 6) / 7));
    snprintf(text, sizeof text, "%s/", strrchr(folder->path, '/') + 1);
    assert_string_equal(source_file(source, 0).file, text);
    source_close(source);
}

// Members are where their places say, in files and in archives that are not packed.
static void says_where_members_lie(void **state)
{
    static char paths[][80] = {
        "tests/golden/source/tar-in-tar/input/a.tar",
        "tests/golden/source/places/input/a.tar",
        "tests/golden/source/pax-name/input/a.tar",
        "tests/golden/source/gnu-name/input/a.tar",
        "tests/golden/idx/plain/input",
    };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct error error = ERROR_INIT;
        struct source_member member;
        struct source *source = open_one(paths[i], &error);
        assert_non_null(source);
        size_t count = 0;
        while (source_next(source, &member, &error) == SOURCE_MEMBER) {
            struct stat info;
            char there[5000], got[5000];
            assert_non_null(member.place.path);
            assert_int_equal(member.place.path[0], '/');
            FILE *file = fopen(member.place.path, "rb");
            assert_non_null(file);
            assert_int_equal(fstat(fileno(file), &info), 0);
            assert_int_equal(member.place.file_size, info.st_size);
            assert_int_equal(member.place.modified,
                             info.st_mtim.tv_sec * INT64_C(1000000000) + info.st_mtim.tv_nsec);
            assert_int_equal(fseek(file, (long)member.place.offset, SEEK_SET), 0);
            assert_true(member.size <= sizeof there);
            assert_int_equal(fread(there, 1, member.size, file), member.size);
            assert_int_equal(fclose(file), 0);
            assert_int_equal(source_read(source, got, sizeof got, &error), member.size);
            assert_memory_equal(there, got, member.size);
            count++;
        }
        assert_int_equal(error.kind, ERROR_NONE);
        assert_true(count > 0);
        source_close(source);
    }
}

// What is packed lies nowhere as it is.
static void says_when_members_lie_nowhere(void **state)
{
    static char paths[][80] = {
        "tests/golden/source/tar-gz-in-tar-gz/input/a.tgz",
        "tests/golden/source/tar-gz-in-zip/input/a.zip",
        "tests/golden/idx/zip-stored/input/data.zip",
        "tests/golden/idx/gzip/input",
    };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct error error = ERROR_INIT;
        struct source_member member;
        struct source *source = open_one(paths[i], &error);
        assert_non_null(source);
        while (source_next(source, &member, &error) == SOURCE_MEMBER)
            assert_null(member.place.path);
        assert_int_equal(error.kind, ERROR_NONE);
        source_close(source);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_members_of_any_size),
        cmocka_unit_test(glimpses_into_gzip),
        cmocka_unit_test(closes_at_any_time),
        cmocka_unit_test(keeps_an_error),
        cmocka_unit_test(obeys_limits),
        IN_FOLDER(walks_in_order),
        IN_FOLDER(refuses_what_is_no_file),
        IN_FOLDER(refuses_depth),
        IN_FOLDER(follows_the_users_link),
        IN_FOLDER(notices_changes),
        IN_FOLDER(joins_several_paths),
        IN_FOLDER(names_several_folders),
        IN_FOLDER(lists_empty_folders),
        cmocka_unit_test(lists_empty_folders_of_archives),
        IN_FOLDER(reads_many_small_members),
        cmocka_unit_test(says_where_members_lie),
        cmocka_unit_test(says_when_members_lie_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
