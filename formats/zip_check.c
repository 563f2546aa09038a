// SPDX-License-Identifier: MIT
#include "formats/zip_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum {
    END_SIZE = 22,      // of the record at the end, without its comment
    LOCATOR_SIZE = 20,  // zip64: says where the next one is
    END64_SIZE = 56,    // zip64: the same with larger numbers
    LISTED_SIZE = 46,   // of an entry in the list, without its texts
    LOCAL_SIZE = 30,    // of the header before an entry, without its texts
    MAX_TEXT = 65535,   // bytes of a name, an extra field, a comment
    WINDOW = 256 << 10, // of the list that is in memory
    FLAG_ENCRYPTED = 1,
    FLAG_LATE_SIZES = 8, // sizes and checksum follow the entry's bytes
    EXTRA_ZIP64 = 1,
};

static const uint32_t END_MARK = 0x06054b50, LOCATOR_MARK = 0x07064b50, END64_MARK = 0x06064b50,
                      LISTED_MARK = 0x02014b50, LOCAL_MARK = 0x04034b50;

// Bytes of the archive from `begin` to `end` that belong to one entry.
struct span {
    uint64_t begin, end;
};

struct check {
    struct packed *packed;
    uint64_t list_begin, list_end;
    uint64_t count;  // of entries, as the end says
    uint8_t *window; // of the list; owned
    uint64_t window_begin;
    size_t window_size;
    struct buffer local; // a local header with its texts
    struct span *spans;  // owned
    size_t num_spans;
};

// What is said of an entry.
struct entry {
    uint16_t flags, method, name_size, extra_size;
    uint32_t crc;
    uint64_t packed, unpacked; // bytes
    uint64_t begin;            // of its local header; of the list only
};

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const uint8_t *at)
{
    return get32(at) | (uint64_t)get32(at + 4) << 32;
}

static bool damaged(struct error *error, const char *what)
{
    return error_set(error, ERROR_INPUT, "the zip archive is damaged or made to deceive: %s", what);
}

// The same for an entry, whose name is shown as far as it is plain.
static bool entry_damaged(const uint8_t *name, size_t size, const char *what, struct error *error)
{
    char shown[80];
    size_t count = 0;
    for (; count < size && count < sizeof shown - 1; count++)
        shown[count] = name[count] >= 0x20 && name[count] < 0x7f ? (char)name[count] : '?';
    shown[count] = '\0';
    return error_set(error, ERROR_INPUT,
                     "the zip archive is damaged or made to deceive: the entry \"%s\" %s", shown,
                     what);
}

static bool read_at(struct check *check, uint64_t at, void *bytes, size_t size, struct error *error)
{
    int64_t got = packed_read_at(check->packed, at, bytes, size, error);
    if (got < 0)
        return false;
    return (size_t)got == size || damaged(error, "it ends too early");
}

// Looks for the record at the end: the last one that there is must end the file.
static bool find_end(struct check *check, uint64_t *at, uint8_t record[END_SIZE],
                     struct error *error)
{
    uint64_t size = check->packed->size;
    size_t tail_size = size < END_SIZE + MAX_TEXT ? (size_t)size : END_SIZE + MAX_TEXT;
    uint8_t *tail = malloc(tail_size ? tail_size : 1);
    if (!tail)
        return error_memory(error);
    bool good = read_at(check, size - tail_size, tail, tail_size, error);
    size_t i = tail_size;
    while (good && i >= 4 && get32(tail + i - 4) != END_MARK)
        i--;
    if (good && i < 4)
        good = damaged(error, "it has no list of its entries at its end, as if it were cut short");
    i -= 4;
    if (good && tail_size - i < END_SIZE)
        good = damaged(error, "its last record is cut short");
    if (good && tail_size - i - END_SIZE != get16(tail + i + 20))
        good = damaged(error, "bytes follow its end");
    if (good) {
        memcpy(record, tail + i, END_SIZE);
        *at = size - tail_size + i;
    }
    free(tail);
    return good;
}

// Whether a number and its zip64 form agree; the largest small one stands for "see there".
static bool is_same(uint64_t number, uint64_t largest, uint64_t number64)
{
    return number == number64 || number == largest;
}

// Learns where the list is. It must reach to the records of the end.
static bool find_list(struct check *check, struct error *error)
{
    uint8_t record[END_SIZE] = {0}, locator[LOCATOR_SIZE], end64[END64_SIZE];
    uint64_t end = 0, size, disks;
    if (!find_end(check, &end, record, error))
        return false;
    disks = (uint64_t)get16(record + 4) | get16(record + 6);
    check->count = get16(record + 10);
    size = get32(record + 12);
    check->list_begin = get32(record + 16);
    bool is_partial = get16(record + 8) != check->count;
    bool is_large = false;
    if (end >= LOCATOR_SIZE) {
        if (!read_at(check, end - LOCATOR_SIZE, locator, sizeof locator, error))
            return false;
        is_large = get32(locator) == LOCATOR_MARK;
    }
    if (is_large) {
        uint64_t most = end - LOCATOR_SIZE; // else the difference below would be beyond 2^64
        end = get64(locator + 8);
        if (end > most || most - end < END64_SIZE)
            return damaged(error, "its zip64 record is not where it should be");
        if (!read_at(check, end, end64, sizeof end64, error))
            return false;
        if (get32(end64) != END64_MARK || get64(end64 + 4) != check->packed->size - end - 12 -
                                                                  LOCATOR_SIZE - END_SIZE -
                                                                  get16(record + 20))
            return damaged(error, "its zip64 record is not where it should be");
        if (!is_same(check->count, UINT16_MAX, get64(end64 + 32)) ||
            !is_same(size, UINT32_MAX, get64(end64 + 40)) ||
            !is_same(check->list_begin, UINT32_MAX, get64(end64 + 48)))
            return damaged(error, "its zip64 record says something else than its end");
        disks = (uint64_t)get32(end64 + 16) | get32(end64 + 20);
        is_partial = get64(end64 + 24) != get64(end64 + 32);
        check->count = get64(end64 + 32);
        size = get64(end64 + 40);
        check->list_begin = get64(end64 + 48);
    }
    if (disks != 0 || is_partial)
        return damaged(error, "it is a part of an archive in several files");
    if (check->list_begin > end || end - check->list_begin != size)
        return damaged(error, "its list of entries is not where its end says");
    check->list_end = end;
    return true;
}

// `size` bytes of the list, borrowed until the next call.
static const uint8_t *list_at(struct check *check, uint64_t at, size_t size, struct error *error)
{
    if (size > check->list_end - at) {
        damaged(error, "its list of entries is cut short");
        return NULL;
    }
    if (at < check->window_begin || at + size > check->window_begin + check->window_size) {
        uint64_t left = check->list_end - at;
        check->window_begin = at;
        check->window_size = left < WINDOW ? (size_t)left : WINDOW;
        if (!read_at(check, at, check->window, check->window_size, error))
            return NULL;
    }
    return check->window + (at - check->window_begin);
}

// Takes the numbers that did not fit from the zip64 field among the extras. `begin` is NULL for a
// local header.
static bool take_large(const uint8_t *extra, size_t size, struct entry *entry, uint64_t *begin)
{
    uint64_t *const numbers[] = {&entry->unpacked, &entry->packed, begin};
    bool is_needed = false;
    for (size_t i = 0; i < 3; i++)
        is_needed |= numbers[i] && *numbers[i] == UINT32_MAX;
    for (size_t at = 0; is_needed && size - at >= 4;) {
        uint16_t id = get16(extra + at), length = get16(extra + at + 2);
        at += 4;
        if (length > size - at)
            return false;
        if (id != EXTRA_ZIP64) {
            at += length;
            continue;
        }
        size_t end = at + length;
        for (size_t i = 0; i < 3; i++) {
            if (!numbers[i] || *numbers[i] != UINT32_MAX)
                continue;
            if (end - at < 8)
                return false;
            *numbers[i] = get64(extra + at);
            at += 8;
        }
        return true;
    }
    return true;
}

// Reads the header before an entry's bytes, with its texts.
static bool read_local(struct check *check, const struct entry *listed, struct entry *local,
                       struct error *error)
{
    struct buffer *bytes = &check->local;
    bytes->size = 0;
    uint8_t *header = (uint8_t *)buffer_reserve(bytes, LOCAL_SIZE + 2 * (size_t)MAX_TEXT);
    if (!header)
        return error_memory(error);
    int64_t got = packed_read_at(check->packed, listed->begin, header,
                                 LOCAL_SIZE + (size_t)listed->name_size + 64, error);
    if (got < 0)
        return false;
    if (got < LOCAL_SIZE || get32(header) != LOCAL_MARK)
        return damaged(error, "an entry is not where the list says");
    *local = (struct entry){.flags = get16(header + 6),
                            .method = get16(header + 8),
                            .crc = get32(header + 14),
                            .packed = get32(header + 18),
                            .unpacked = get32(header + 22),
                            .name_size = get16(header + 26),
                            .extra_size = get16(header + 28)};
    size_t whole = LOCAL_SIZE + (size_t)local->name_size + local->extra_size;
    if ((uint64_t)got < whole && !read_at(check, listed->begin, header, whole, error))
        return false;
    return take_large(header + LOCAL_SIZE + local->name_size, local->extra_size, local, NULL) ||
           damaged(error, "an entry's zip64 field is cut short");
}

// Compares the two things that are said of an entry.
static bool compare(const struct check *check, const struct entry *listed, const uint8_t *name,
                    const struct entry *local, struct error *error)
{
    const uint8_t *local_name = (const uint8_t *)check->local.data + LOCAL_SIZE;
    size_t size = listed->name_size;
    if (local->name_size != size || memcmp(local_name, name, size) != 0)
        return entry_damaged(name, size, "has another name in the list", error);
    if (local->method != listed->method || ((local->flags ^ listed->flags) & FLAG_ENCRYPTED))
        return entry_damaged(name, size, "is packed in another way than the list says", error);
    bool is_late = local->flags & FLAG_LATE_SIZES;
    if ((local->packed != listed->packed && !(is_late && local->packed == 0)) ||
        (local->unpacked != listed->unpacked && !(is_late && local->unpacked == 0)))
        return entry_damaged(name, size, "has another size in the list", error);
    return local->crc == listed->crc || (is_late && local->crc == 0) ||
           entry_damaged(name, size, "has another checksum in the list", error);
}

// Checks the entry at `*at` of the list and moves on to the next.
static bool check_entry(struct check *check, uint64_t *at, struct error *error)
{
    const uint8_t *fixed = list_at(check, *at, LISTED_SIZE, error);
    if (!fixed)
        return false;
    if (get32(fixed) != LISTED_MARK)
        return damaged(error, "its list of entries holds what is none");
    struct entry listed = {.flags = get16(fixed + 8),
                           .method = get16(fixed + 10),
                           .crc = get32(fixed + 16),
                           .packed = get32(fixed + 20),
                           .unpacked = get32(fixed + 24),
                           .name_size = get16(fixed + 28),
                           .extra_size = get16(fixed + 30),
                           .begin = get32(fixed + 42)};
    size_t comment_size = get16(fixed + 32);
    size_t whole = LISTED_SIZE + (size_t)listed.name_size + listed.extra_size + comment_size;
    const uint8_t *bytes = list_at(check, *at, whole, error);
    if (!bytes)
        return false;
    const uint8_t *name = bytes + LISTED_SIZE;
    if (!take_large(name + listed.name_size, listed.extra_size, &listed, &listed.begin))
        return damaged(error, "an entry's zip64 field is cut short");
    struct entry local = {0};
    if (!read_local(check, &listed, &local, error) || !compare(check, &listed, name, &local, error))
        return false;
    uint64_t data = listed.begin + LOCAL_SIZE + local.name_size + local.extra_size;
    if (data > check->list_begin || listed.packed > check->list_begin - data)
        return entry_damaged(name, listed.name_size, "reaches into the list", error);
    check->spans[check->num_spans++] =
        (struct span){.begin = listed.begin, .end = data + listed.packed};
    *at += whole;
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static bool check_entries(struct check *check, uint64_t max_entries, struct error *error)
{
    if (check->count > max_entries)
        return error_set(error, ERROR_LIMIT, "more than %llu members",
                         (unsigned long long)max_entries);
    // Each takes its place in the list: the count is no larger than the file allows.
    if (check->count > (check->list_end - check->list_begin) / LISTED_SIZE)
        return damaged(error, "its list of entries is cut short");
    check->spans = malloc((size_t)(check->count ? check->count : 1) * sizeof *check->spans);
    check->window = malloc(WINDOW);
    if (!check->spans || !check->window)
        return error_memory(error);
    uint64_t at = check->list_begin;
    for (uint64_t i = 0; i < check->count; i++)
        if (!check_entry(check, &at, error))
            return false;
    if (at != check->list_end)
        return damaged(error, "its list has more entries than its end says");
    qsort(check->spans, check->num_spans, sizeof *check->spans, by_begin);
    for (size_t i = 1; i < check->num_spans; i++)
        if (check->spans[i].begin < check->spans[i - 1].end)
            return damaged(error, "two entries share the same bytes");
    return true;
}

bool zip_check(struct packed *packed, uint64_t max_entries, struct error *error)
{
    struct check check = {.packed = packed};
    bool good = find_list(&check, error) && check_entries(&check, max_entries, error);
    free(check.window);
    free(check.spans);
    buffer_free(&check.local);
    return good;
}
