// SPDX-License-Identifier: MIT
#include "store/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/array.h"
#include "store/catalog.h"
#include "store/guard.h"
#include "store/place.h"
#include "store/seal.h"

enum {
    CHUNK = 256 << 10, // bytes of an image at a time
    MOST_TOLD = 100,   // files of the user that are named; the others are counted
};

// One verification of a dataset.
struct verification {
    struct folder *folder;
    struct catalog *catalog;
    const char *name;
    char revision[DIGEST_HEX];
    verify_damage *damage;
    void *context;
    struct verify_result *result;
    struct error *error; // a failure that is no damage
};

// Reads one file. False with the error when it is not what it must be.
static bool verify_file(struct folder *folder, const struct schema *schema,
                        const struct catalog_array *entry, struct error *error)
{
    struct array array;
    char path[ARRAY_PATH], sha256[DIGEST_HEX];
    int fd = array_open(folder, schema, entry, &array, error);
    if (fd < 0)
        return false;
    array_path(schema, entry, path);
    bool ok = seal_hash(fd, path, entry->bytes, sha256, error);
    close(fd);
    if (ok && strcmp(sha256, entry->sha256) != 0)
        ok = error_set(error, ERROR_DAMAGED, "its SHA-256 is %s, but must be %s", sha256,
                       entry->sha256);
    return ok;
}

// Whether the revision is still what the catalog has; a dataset that was replaced or removed
// meanwhile is not damaged.
static bool is_current(const struct verification *on)
{
    struct catalog_entry now;
    struct error error = ERROR_INIT;
    if (!catalog_read_one(on->catalog, on->name, &now, &error))
        return error.kind != ERROR_MISSING;
    bool same = strcmp(now.schema.revision, on->revision) == 0;
    catalog_entry_clear(&now);
    return same;
}

// Whether what was found is damage that is to be told: not so when memory is short, which is an
// error, and when the dataset is no longer current.
static bool is_damage(const struct verification *on, const struct error *found)
{
    return (found->kind != ERROR_MEMORY || error_memory(on->error)) && is_current(on);
}

// Verifies the files of an entry and notes in `damaged` which features have one that is. False when
// the entry is no longer current, or with the error.
static bool verify_entry(const struct verification *on, const struct catalog_entry *entry,
                         bool *damaged)
{
    for (size_t i = 0; i < entry->num_arrays; i++) {
        const struct catalog_array *array = &entry->arrays[i];
        struct error error = ERROR_INIT;
        on->result->num_files++;
        on->result->bytes += array->bytes;
        if (verify_file(on->folder, &entry->schema, array, &error))
            continue;
        if (!is_damage(on, &error))
            return false;
        char path[ARRAY_PATH];
        array_path(&entry->schema, array, path);
        on->result->num_damaged++;
        damaged[array->feature] = true;
        if (on->damage)
            on->damage(on->context, path, error.text);
    }
    return true;
}

// The files of one feature's images in place.
struct looking {
    const struct verification *on;
    const struct array *files, *offsets;
    uint8_t *seen, *damaged; // owned; of each file
    uint8_t *chunk;          // owned
    uint64_t open_file;      // the number of the file that fd is of
    int fd;                  // or -1
    uint64_t told, untold;
};

// Reads an image of an open file and compares its hash.
static bool verify_image(const struct looking *looking, const char *path, const struct place *place,
                         const uint8_t *sha256, struct error *error)
{
    struct digest digest;
    char got[DIGEST_HEX], must[DIGEST_HEX];
    digest_init(&digest);
    for (uint64_t done = 0; done < place->size;) {
        uint64_t left = place->size - done;
        struct place part = {.offset = place->offset + done, .size = left < CHUNK ? left : CHUNK};
        if (!place_read(looking->fd, path, &part, looking->chunk, error))
            return false;
        digest_update(&digest, looking->chunk, part.size);
        done += part.size;
    }
    digest_hex(&digest, got);
    for (int i = 0; i < 32; i++)
        snprintf(must + 2 * i, 3, "%02x", sha256[i]);
    return strcmp(got, must) == 0 || error_set(error, ERROR_DAMAGED,
                                               "its %" PRIu64 " bytes from byte %" PRIu64
                                               " on have the SHA-256 %s, but must have %s",
                                               place->size, place->offset, got, must);
}

// Verifies one image. Another one of a file that is known to be damaged is passed over. The arrays
// hold what was written, so there is a file.
static bool verify_place(struct looking *looking, const struct array *places,
                         const struct array *digests, uint64_t index, char path[PATH_MAX],
                         struct error *error)
{
    struct place place;
    if (!place_at(places, index, &place) ||
        !place_path(looking->files, looking->offsets, place.file, path))
        return true;
    if (looking->damaged[place.file])
        return true;
    if (!looking->seen[place.file])
        looking->on->result->num_files++;
    looking->seen[place.file] = 1;
    looking->on->result->bytes += place.size;
    if (looking->fd < 0 || looking->open_file != place.file) {
        if (looking->fd >= 0)
            close(looking->fd);
        place.shown = strrchr(path, '/') + 1; // the path is told beside the reason
        looking->fd = place_open(path, &place, error);
        looking->open_file = place.file;
    }
    bool ok = looking->fd >= 0 && verify_image(looking, path, &place,
                                               digests->rows + index * digests->row_bytes, error);
    looking->damaged[place.file] = !ok;
    return ok;
}

// Verifies a feature's images in a split. False when the dataset is no longer current, or with the
// error.
static bool verify_split(struct looking *looking, const struct dataset *dataset, int split,
                         int feature)
{
    const struct array *places = dataset_part(dataset, split, feature, ARRAY_PLACES);
    const struct array *digests = dataset_part(dataset, split, feature, ARRAY_DIGESTS);
    for (uint64_t i = 0; i < places->num_rows; i++) {
        char path[PATH_MAX];
        struct error error = ERROR_INIT;
        if (verify_place(looking, places, digests, i, path, &error))
            continue;
        looking->on->result->num_damaged++;
        if (looking->told == MOST_TOLD) {
            looking->untold++;
            continue;
        }
        if (!is_damage(looking->on, &error))
            return false;
        looking->told++;
        if (looking->on->damage)
            looking->on->damage(looking->on->context, path, error.text);
    }
    return true;
}

// Verifies the images of a feature. False when the dataset is no longer current, or with the error.
static bool verify_images(const struct verification *on, const struct dataset *dataset, int feature)
{
    struct looking looking = {.on = on, .fd = -1};
    looking.files = dataset_part(dataset, 0, feature, ARRAY_FILES);
    looking.offsets = dataset_part(dataset, 0, feature, ARRAY_FILE_OFFSETS);
    looking.seen = calloc(looking.offsets->num_rows, 1);
    looking.damaged = calloc(looking.offsets->num_rows, 1);
    looking.chunk = malloc(CHUNK);
    bool ok = (looking.seen && looking.damaged && looking.chunk) || error_memory(on->error);
    for (size_t i = 0; ok && i < dataset_schema(dataset)->num_splits; i++)
        ok = verify_split(&looking, dataset, (int)i, feature);
    if (ok && looking.untold > 0 && on->damage) {
        char more[64];
        snprintf(more, sizeof more, "%" PRIu64 " more files are missing or have changed",
                 looking.untold);
        on->damage(on->context, on->name, more);
    }
    if (looking.fd >= 0)
        close(looking.fd);
    free(looking.seen);
    free(looking.damaged);
    free(looking.chunk);
    return ok;
}

// Verifies the images that lie in the user's files, if there are such. A feature whose own files
// are damaged cannot tell. The entry may be cleared. False when the dataset is no longer current,
// or with the error.
static bool verify_in_place(const struct verification *on, struct catalog_entry *entry,
                            const bool *damaged)
{
    bool any = false;
    for (size_t i = 0; i < entry->schema.num_features; i++)
        any = any || (!damaged[i] && entry->schema.features[i].storage == STORAGE_IN_PLACE);
    if (!any)
        return true;
    struct error failure = ERROR_INIT;
    struct dataset *dataset =
        guard_install(&failure) ? dataset_open(on->folder, entry, &failure) : NULL;
    if (!dataset && on->result->num_damaged > 0 && failure.kind != ERROR_MEMORY)
        return true; // what is in the way was told
    if (!dataset)
        return is_current(on) && error_set(on->error, failure.kind, "%s", failure.text);
    const struct schema *schema = dataset_schema(dataset);
    bool ok = true;
    for (size_t i = 0; ok && i < schema->num_features; i++)
        if (!damaged[i] && schema->features[i].storage == STORAGE_IN_PLACE)
            ok = verify_images(on, dataset, (int)i);
    dataset_release(dataset);
    return ok;
}

bool verify_dataset(struct folder *folder, const char *name, verify_damage *damage, void *context,
                    struct verify_result *result, struct error *error)
{
    struct error failure = ERROR_INIT;
    struct verification on = {.folder = folder,
                              .name = name,
                              .damage = damage,
                              .context = context,
                              .result = result,
                              .error = &failure};
    *result = (struct verify_result){.num_files = 0};
    on.catalog = catalog_open(folder, FOLDER_READ, &failure);
    if (!on.catalog && failure.kind == ERROR_NONE)
        error_set(&failure, ERROR_MISSING, "no dataset \"%.100s\"; there are none", name);
    for (bool done = false; !done && failure.kind == ERROR_NONE;) {
        struct catalog_entry entry;
        *result = (struct verify_result){.num_files = 0};
        if (!catalog_read_one(on.catalog, name, &entry, &failure))
            break;
        memcpy(on.revision, entry.schema.revision, sizeof on.revision);
        bool *damaged = calloc(entry.schema.num_features, sizeof *damaged);
        if (!damaged)
            error_memory(&failure);
        done =
            damaged && verify_entry(&on, &entry, damaged) && verify_in_place(&on, &entry, damaged);
        free(damaged);
        catalog_entry_clear(&entry);
    }
    catalog_close(on.catalog);
    return failure.kind == ERROR_NONE || error_set(error, failure.kind, "%s", failure.text);
}
