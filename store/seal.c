// SPDX-License-Identifier: MIT
// Hashing takes a core, syncing takes a disk: a few threads, each doing one after the other with
// one file after the other, keep both at work. The largest files come first, so that no thread
// begins one when the others are done.
#include "store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 4, CHUNK = 256 << 10 };

struct sealing {
    int dir;
    struct seal_file **files; // largest first
    size_t count;
    _Atomic(size_t) next;
    _Atomic(bool) failed;
    pthread_mutex_t lock; // of error
    struct error error;
};

bool seal_hash(int fd, const char *file, uint64_t bytes, char sha256[DIGEST_HEX],
               struct error *error)
{
    uint8_t *chunk = malloc(CHUNK);
    if (!chunk)
        return error_memory(error);
    struct digest digest;
    digest_init(&digest);
    uint64_t at = 0;
    bool ok = true;
    for (;;) {
        ssize_t got = pread(fd, chunk, CHUNK, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            ok = error_system(error, "cannot read %s", file);
        if (got <= 0)
            break;
        digest_update(&digest, chunk, (size_t)got);
        at += (uint64_t)got;
    }
    digest_hex(&digest, sha256);
    free(chunk);
    if (ok && at != bytes)
        ok = error_set(error, ERROR_DAMAGED, "%s has %llu bytes, but must have %llu", file,
                       (unsigned long long)at, (unsigned long long)bytes);
    return ok;
}

static bool seal_one(int dir, struct seal_file *file, struct error *error)
{
    int fd = openat(dir, file->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_system(error, "cannot open %s", file->file);
    sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); // begins; the disk works while we hash
    bool ok = seal_hash(fd, file->file, file->bytes, file->sha256, error);
    if (ok && fdatasync(fd) != 0)
        ok = error_system(error, "cannot make %s durable", file->file);
    close(fd);
    return ok;
}

static void *work(void *context)
{
    struct sealing *sealing = context;
    size_t i;
    while (!atomic_load(&sealing->failed) &&
           (i = atomic_fetch_add(&sealing->next, 1)) < sealing->count) {
        struct error error = ERROR_INIT;
        if (seal_one(sealing->dir, sealing->files[i], &error))
            continue;
        pthread_mutex_lock(&sealing->lock);
        if (!atomic_exchange(&sealing->failed, true))
            sealing->error = error;
        pthread_mutex_unlock(&sealing->lock);
    }
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = (*(struct seal_file *const *)a)->bytes, y = (*(struct seal_file *const *)b)->bytes;
    return (x < y) - (x > y);
}

bool seal_files(int dir, struct seal_file *files, size_t count, struct error *error)
{
    struct sealing sealing = {.dir = dir, .count = count, .error = ERROR_INIT};
    sealing.files = calloc(count + 1, sizeof *sealing.files);
    if (!sealing.files)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        sealing.files[i] = &files[i];
    qsort(sealing.files, count, sizeof *sealing.files, by_size);
    pthread_mutex_init(&sealing.lock, NULL);

    pthread_t threads[THREADS - 1]; // this thread works too
    size_t started = 0;
    while (started < THREADS - 1 && started + 1 < count &&
           pthread_create(&threads[started], NULL, work, &sealing) == 0)
        started++;
    work(&sealing);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);

    pthread_mutex_destroy(&sealing.lock);
    free(sealing.files);
    return !atomic_load(&sealing.failed) ||
           error_set(error, sealing.error.kind, "%s", sealing.error.text);
}
