// SPDX-License-Identifier: MIT
// One thread watches the catalog and replaces the snapshot; all others only take references. A
// dataset that did not change is shared between the old snapshot and the new one, with its mappings
// and its computed tables.
#include "store/library.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/catalog.h"
#include "store/folder.h"
#include "store/guard.h"

enum {
    POLL_MILLISECONDS = 250,
    LOOK_POLLS = 4, // polls from one look at the files to the next; what is not well is opened anew
    OPEN_ATTEMPTS = 5 // at a catalog that changes while its files are opened
};

struct broken {
    char *name, *reason; // owned
};

struct snapshot {
    _Atomic(size_t) references;
    struct dataset **datasets; // sorted by name
    size_t num_datasets;
    struct broken *broken; // sorted by name
    size_t num_broken;
};

struct library {
    char *path;
    library_report *report;
    void *context;

    pthread_mutex_t lock; // of current and stopping
    pthread_cond_t wake;
    struct snapshot *current;
    bool stopping;
    pthread_t thread;

    // The watching thread's own.
    struct folder *folder;   // NULL while it cannot be opened
    struct catalog *catalog; // NULL while there is none
    uint64_t version;        // of the catalog when the current snapshot was read
    char told[sizeof((struct error *)0)->text];
};

static void snapshot_free(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->num_datasets; i++)
        dataset_release(snapshot->datasets[i]);
    for (size_t i = 0; i < snapshot->num_broken; i++) {
        free(snapshot->broken[i].name);
        free(snapshot->broken[i].reason);
    }
    free(snapshot->datasets);
    free(snapshot->broken);
    free(snapshot);
}

void snapshot_release(struct snapshot *snapshot)
{
    if (snapshot && atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) == 1)
        snapshot_free(snapshot);
}

// An empty snapshot with room for that many; NULL when memory is short.
static struct snapshot *snapshot_new(size_t room)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return NULL;
    atomic_init(&snapshot->references, 1);
    snapshot->datasets = calloc(room + 1, sizeof *snapshot->datasets);
    snapshot->broken = calloc(room + 1, sizeof *snapshot->broken);
    if (snapshot->datasets && snapshot->broken)
        return snapshot;
    snapshot_free(snapshot);
    return NULL;
}

size_t snapshot_num_datasets(const struct snapshot *snapshot)
{
    return snapshot->num_datasets;
}

struct dataset *snapshot_dataset(const struct snapshot *snapshot, size_t i)
{
    return snapshot->datasets[i];
}

static int compare_dataset(const void *name, const void *item)
{
    return strcmp(name, dataset_schema(*(struct dataset *const *)item)->name);
}

struct dataset *snapshot_find(const struct snapshot *snapshot, const char *name)
{
    struct dataset **found = bsearch(name, snapshot->datasets, snapshot->num_datasets,
                                     sizeof *snapshot->datasets, compare_dataset);
    return found ? *found : NULL;
}

static int compare_broken(const void *name, const void *item)
{
    return strcmp(name, ((const struct broken *)item)->name);
}

const char *snapshot_broken(const struct snapshot *snapshot, const char *name)
{
    const struct broken *found = bsearch(name, snapshot->broken, snapshot->num_broken,
                                         sizeof *snapshot->broken, compare_broken);
    return found ? found->reason : NULL;
}

// The dataset of the old snapshot that is the entry's, if it can go on being used.
static struct dataset *unchanged(const struct snapshot *old, const struct schema *schema)
{
    struct dataset *dataset = old ? snapshot_find(old, schema->name) : NULL;
    if (!dataset || dataset_damage(dataset) ||
        strcmp(dataset_schema(dataset)->revision, schema->revision) != 0 ||
        strcmp(dataset_schema(dataset)->created, schema->created) != 0)
        return NULL;
    return dataset;
}

// Adds the entry's dataset, or why it cannot be opened. False when memory is short.
static bool take_over(struct library *library, struct snapshot *snapshot,
                      const struct snapshot *old, struct catalog_entry *entry, struct error *error)
{
    struct dataset *dataset = unchanged(old, &entry->schema);
    if (dataset) {
        snapshot->datasets[snapshot->num_datasets++] = dataset_hold(dataset);
        return true;
    }
    char *name = strdup(entry->schema.name);
    if (!name)
        return error_memory(error);
    struct error failure = ERROR_INIT;
    dataset = dataset_open(library->folder, entry, &failure);
    if (dataset) {
        snapshot->datasets[snapshot->num_datasets++] = dataset;
        free(name);
        return true;
    }
    struct broken *broken = &snapshot->broken[snapshot->num_broken++];
    broken->name = name;
    broken->reason = strdup(failure.text);
    return broken->reason || error_memory(error);
}

// Reads the catalog once into a new snapshot.
static struct snapshot *read_once(struct library *library, const struct snapshot *old,
                                  struct error *error)
{
    struct catalog_entry *entries = NULL;
    size_t count = 0;
    struct snapshot *snapshot = NULL;
    bool ok = catalog_version(library->catalog, &library->version, error) &&
              catalog_read(library->catalog, &entries, &count, error);
    if (ok && !(snapshot = snapshot_new(count)))
        ok = error_memory(error);
    for (size_t i = 0; i < count; i++) {
        ok = ok && take_over(library, snapshot, old, &entries[i], error);
        catalog_entry_clear(&entries[i]);
    }
    free(entries);
    if (ok)
        return snapshot;
    if (snapshot)
        snapshot_free(snapshot);
    return NULL;
}

// Reads the catalog into a new snapshot. Files may be deleted between reading about them and
// opening them, but only after the catalog has changed: then it is read again.
static struct snapshot *read_all(struct library *library, const struct snapshot *old,
                                 struct error *error)
{
    for (int attempt = 1;; attempt++) {
        struct snapshot *snapshot = read_once(library, old, error);
        uint64_t now;
        if (!snapshot || snapshot->num_broken == 0 || attempt == OPEN_ATTEMPTS ||
            !catalog_version(library->catalog, &now, NULL) || now == library->version)
            return snapshot;
        snapshot_free(snapshot);
    }
}

static void close_catalog(struct library *library)
{
    catalog_close(library->catalog);
    folder_close(library->folder);
    library->catalog = NULL;
    library->folder = NULL;
}

// Opens the catalog if there is one. False with the error when there is one that cannot be opened.
static bool open_catalog(struct library *library, struct error *error)
{
    library->folder = folder_open(library->path, FOLDER_READ, error);
    if (!library->folder)
        return false;
    struct error failure = ERROR_INIT;
    library->catalog = catalog_open(library->folder, FOLDER_READ, &failure);
    if (library->catalog)
        return true;
    close_catalog(library);
    return failure.kind == ERROR_NONE || error_set(error, failure.kind, "%s", failure.text);
}

// The snapshot of what is there now; NULL with the error.
static struct snapshot *load(struct library *library, const struct snapshot *old,
                             struct error *error)
{
    if (!library->catalog && !open_catalog(library, error))
        return NULL;
    struct snapshot *snapshot = library->catalog ? read_all(library, old, error) : snapshot_new(0);
    if (!snapshot) {
        error_memory(error);
        close_catalog(library);
    }
    return snapshot;
}

// Whether the catalog is another one than that of the current snapshot, or has come or gone. Also
// false, with the error, when it cannot be opened any more.
static bool has_changed(struct library *library, struct error *error)
{
    uint64_t version;
    const struct snapshot *current = library->current;
    if (library->catalog && catalog_version(library->catalog, &version, NULL))
        return version != library->version;
    close_catalog(library);
    return open_catalog(library, error) &&
           (library->catalog || current->num_datasets + current->num_broken > 0);
}

// Looks at the files of the current snapshot; true when one of its datasets is not well.
static bool is_unwell(const struct snapshot *current, const struct folder *folder)
{
    bool unwell = current->num_broken > 0;
    for (size_t i = 0; i < current->num_datasets; i++) {
        if (folder)
            dataset_look(current->datasets[i], folder);
        unwell = unwell || dataset_damage(current->datasets[i]);
    }
    return unwell;
}

// Tells the owner about a failure to read the catalog, once; "" is none.
static void tell_failure(struct library *library, const char *text)
{
    if (strcmp(library->told, text) == 0)
        return;
    snprintf(library->told, sizeof library->told, "%s", text);
    if (library->report && *text)
        library->report(library->context, text);
}

// Tells the owner about datasets that cannot be opened, but not again what was so before.
static void tell_broken(struct library *library, const struct snapshot *old,
                        const struct snapshot *snapshot)
{
    for (size_t i = 0; library->report && i < snapshot->num_broken; i++) {
        const struct broken *broken = &snapshot->broken[i];
        const char *before = old ? snapshot_broken(old, broken->name) : NULL;
        struct error error = ERROR_INIT;
        error_set(&error, ERROR_DAMAGED, "dataset \"%s\" cannot be served: %s", broken->name,
                  broken->reason);
        if (!before || strcmp(before, broken->reason) != 0)
            library->report(library->context, error.text);
    }
}

static void replace(struct library *library, struct snapshot *snapshot)
{
    pthread_mutex_lock(&library->lock);
    struct snapshot *old = library->current;
    library->current = snapshot;
    pthread_mutex_unlock(&library->lock);
    snapshot_release(old);
}

static void poll_once(struct library *library, unsigned polls)
{
    // Only this thread replaces the snapshot, so it may read it without a reference.
    struct snapshot *current = library->current;
    struct error error = ERROR_INIT;
    bool changed = has_changed(library, &error);
    bool unwell = polls % LOOK_POLLS == 0 && is_unwell(current, library->folder);
    struct snapshot *next = NULL;
    if (error.kind == ERROR_NONE && (changed || unwell) &&
        (next = load(library, current, &error))) {
        tell_broken(library, current, next);
        replace(library, next);
    }
    tell_failure(library, error.text);
}

static void *watch(void *context)
{
    struct library *library = context;
    struct timespec when;
    pthread_mutex_lock(&library->lock);
    for (unsigned polls = 1; !library->stopping; polls++) {
        clock_gettime(CLOCK_MONOTONIC, &when);
        when.tv_nsec += POLL_MILLISECONDS * 1000000L;
        when.tv_sec += when.tv_nsec / 1000000000L;
        when.tv_nsec %= 1000000000L;
        int code = 0;
        while (!library->stopping && code != ETIMEDOUT)
            code = pthread_cond_timedwait(&library->wake, &library->lock, &when);
        if (library->stopping)
            break;
        pthread_mutex_unlock(&library->lock);
        poll_once(library, polls);
        pthread_mutex_lock(&library->lock);
    }
    pthread_mutex_unlock(&library->lock);
    return NULL;
}

static void destroy(struct library *library)
{
    close_catalog(library);
    snapshot_release(library->current);
    pthread_cond_destroy(&library->wake);
    pthread_mutex_destroy(&library->lock);
    free(library->path);
    free(library);
}

struct library *library_open(const char *path, library_report *report_to, void *context,
                             struct error *error)
{
    struct library *library = calloc(1, sizeof *library);
    if (!library || !(library->path = strdup(path))) {
        free(library);
        error_memory(error);
        return NULL;
    }
    library->report = report_to;
    library->context = context;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&library->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&library->lock, NULL);
    if (!guard_install(error) || !(library->current = load(library, NULL, error))) {
        destroy(library);
        return NULL;
    }
    tell_broken(library, NULL, library->current);
    int code = pthread_create(&library->thread, NULL, watch, library);
    if (code != 0) {
        errno = code;
        error_system(error, "cannot start the thread that watches the catalog");
        destroy(library);
        return NULL;
    }
    return library;
}

void library_close(struct library *library)
{
    if (!library)
        return;
    pthread_mutex_lock(&library->lock);
    library->stopping = true;
    pthread_cond_signal(&library->wake);
    pthread_mutex_unlock(&library->lock);
    pthread_join(library->thread, NULL);
    destroy(library);
}

struct snapshot *library_snapshot(struct library *library)
{
    pthread_mutex_lock(&library->lock);
    struct snapshot *snapshot = library->current;
    atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    pthread_mutex_unlock(&library->lock);
    return snapshot;
}
