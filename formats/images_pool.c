// SPDX-License-Identifier: MIT
#include "formats/images_pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

// Pictures of more pixels are decoded one at a time: two that claim as much as is allowed would
// take twice the memory.
enum { MAX_THREADS = 8, MAX_JOBS = MAX_THREADS + 2, LARGE_PIXELS = 1 << 22 };

struct images_pool {
    pthread_mutex_t lock;
    pthread_cond_t given, done;
    pthread_mutex_t large;
    struct images_form form;
    struct images_job *jobs[MAX_JOBS]; // a ring of those that are under way, then the empty ones
    size_t num_jobs;
    size_t first, num_under_way;
    size_t num_begun; // of those under way
    bool is_stopped;
    pthread_t threads[MAX_THREADS];
    size_t num_threads;
};

static void decode(const struct images_form *form, const uint8_t *bytes,
                   struct images_picture *picture, void *row)
{
    struct raster raster;
    if (!raster_decode(bytes, picture->size, &raster, &picture->error))
        return;
    picture->info = raster.info;
    if (images_form_fits(form, &raster.info))
        images_form_write(form, &raster, row);
    raster_free(&raster);
}

static void handle(struct images_pool *pool, const uint8_t *bytes, struct images_picture *picture,
                   uint8_t *row)
{
    const struct images_form *form = &pool->form;
    if (!raster_inspect(bytes, picture->size, &picture->info, &picture->error))
        return;
    bool is_large = (uint64_t)picture->info.height * picture->info.width > LARGE_PIXELS;
    if (is_large)
        pthread_mutex_lock(&pool->large);
    if (row && images_form_fits(form, &picture->info))
        decode(form, bytes, picture, row);
    else
        raster_check(bytes, picture->size, &picture->info, &picture->error);
    if (is_large)
        pthread_mutex_unlock(&pool->large);
    if (form->is_known && form->storage == STORAGE_IN_PLACE && picture->error.kind == ERROR_NONE) {
        struct digest digest;
        digest_init(&digest);
        digest_update(&digest, bytes, picture->size);
        digest_bytes(&digest, picture->sha256);
    }
}

static void handle_job(struct images_pool *pool, struct images_job *job)
{
    const struct images_form *form = &pool->form;
    size_t row = form->is_known && form->storage == STORAGE_ROWS ? images_form_row(form) : 0;
    job->rows.size = 0;
    char *rows = row > 0 ? buffer_reserve(&job->rows, row * job->count) : NULL;
    for (size_t i = 0; i < job->count; i++) {
        struct images_picture *picture = &job->pictures[i];
        if (picture->error.kind != ERROR_NONE)
            continue;
        if (row > 0 && !rows)
            error_memory(&picture->error);
        else
            handle(pool, (const uint8_t *)job->bytes.data + picture->at, picture,
                   rows ? (uint8_t *)rows + i * row : NULL);
    }
}

static void *run(void *context)
{
    struct images_pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->num_begun == pool->num_under_way && !pool->is_stopped)
            pthread_cond_wait(&pool->given, &pool->lock);
        if (pool->is_stopped)
            break;
        struct images_job *job = pool->jobs[(pool->first + pool->num_begun++) % pool->num_jobs];
        pthread_mutex_unlock(&pool->lock);
        handle_job(pool, job);
        pthread_mutex_lock(&pool->lock);
        job->is_done = true;
        pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static size_t num_processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (size_t)count;
}

struct images_pool *images_pool_new(struct error *error)
{
    struct images_pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        error_memory(error);
        return NULL;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_mutex_init(&pool->large, NULL);
    pthread_cond_init(&pool->given, NULL);
    pthread_cond_init(&pool->done, NULL);
    size_t threads = num_processors();
    while (pool->num_jobs < threads + 2) {
        struct images_job *job = calloc(1, sizeof *job);
        if (!job) {
            error_memory(error);
            images_pool_free(pool);
            return NULL;
        }
        pool->jobs[pool->num_jobs++] = job;
    }
    while (pool->num_threads < threads) {
        int number = pthread_create(&pool->threads[pool->num_threads], NULL, run, pool);
        if (number != 0) {
            errno = number;
            error_system(error, "a decoding thread cannot be started");
            images_pool_free(pool);
            return NULL;
        }
        pool->num_threads++;
    }
    return pool;
}

void images_pool_free(struct images_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_stopped = true;
    pthread_cond_broadcast(&pool->given);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->num_threads; i++)
        pthread_join(pool->threads[i], NULL);
    for (size_t i = 0; i < pool->num_jobs; i++) {
        buffer_free(&pool->jobs[i]->bytes);
        buffer_free(&pool->jobs[i]->texts);
        buffer_free(&pool->jobs[i]->rows);
        free(pool->jobs[i]);
    }
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->large);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void images_pool_form(struct images_pool *pool, const struct images_form *form)
{
    pthread_mutex_lock(&pool->lock);
    pool->form = *form;
    pthread_mutex_unlock(&pool->lock);
}

static void empty(struct buffer *buffer)
{
    enum { KEPT = 8 << 20 };
    if (buffer->capacity > KEPT)
        buffer_free(buffer);
    buffer->size = 0;
    buffer->failed = false;
}

struct images_job *images_pool_empty(struct images_pool *pool)
{
    if (pool->num_under_way == pool->num_jobs)
        return NULL;
    struct images_job *job = pool->jobs[(pool->first + pool->num_under_way) % pool->num_jobs];
    job->count = 0;
    job->is_done = false;
    empty(&job->bytes);
    empty(&job->texts);
    empty(&job->rows);
    return job;
}

void images_pool_give(struct images_pool *pool, struct images_job *job)
{
    (void)job;
    pthread_mutex_lock(&pool->lock);
    pool->num_under_way++;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->lock);
}

struct images_job *images_pool_take(struct images_pool *pool)
{
    if (pool->num_under_way == 0)
        return NULL;
    struct images_job *job = pool->jobs[pool->first];
    pthread_mutex_lock(&pool->lock);
    while (!job->is_done)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    return job;
}

void images_pool_return(struct images_pool *pool, struct images_job *job)
{
    (void)job;
    pthread_mutex_lock(&pool->lock);
    pool->first = (pool->first + 1) % pool->num_jobs;
    pool->num_under_way--;
    pool->num_begun--;
    pthread_mutex_unlock(&pool->lock);
}
