// SPDX-License-Identifier: MIT
#include "server/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server/command.h"

enum { BAR_MS = 200, LINE_MS = 5000, BAR_WIDTH = 24 };

struct progress {
    const char *what;
    progress_ask *ask;
    const void *context;
    bool terminal, ended;
    struct timespec start;
    pthread_mutex_t lock;
    pthread_cond_t end;
    pthread_t thread;
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void show(const struct progress *progress)
{
    uint64_t done = 0, total = 0;
    char done_text[32], rate_text[32], bar[BAR_WIDTH + 1];
    progress->ask(progress->context, &done, &total);
    double seconds = seconds_since(&progress->start);
    double share = total ? (double)done / (double)total : 0;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    double left = rate > 0 && total > done ? (double)(total - done) / rate : 0;
    if (share > 1)
        share = 1;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < (int)(share * BAR_WIDTH) ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    command_bytes(done, done_text);
    command_bytes((uint64_t)rate, rate_text);
    if (progress->terminal)
        fprintf(stderr, "\r%s [%s] %3.0f %%  %s  %s/s  %.0f s left \033[K", progress->what, bar,
                share * 100, done_text, rate_text, left);
    else
        fprintf(stderr, "%s: %.0f %%, %s read, %s/s, %.0f s left\n", progress->what, share * 100,
                done_text, rate_text, left);
}

static void *run(void *context)
{
    struct progress *progress = context;
    pthread_mutex_lock(&progress->lock);
    while (!progress->ended) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        long wait = progress->terminal ? BAR_MS : LINE_MS;
        until.tv_sec += wait / 1000;
        until.tv_nsec += wait % 1000 * 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        pthread_cond_timedwait(&progress->end, &progress->lock, &until);
        if (!progress->ended)
            show(progress);
    }
    pthread_mutex_unlock(&progress->lock);
    return NULL;
}

struct progress *progress_begin(const char *what, bool quiet, progress_ask *ask,
                                const void *context)
{
    if (quiet)
        return NULL;
    struct progress *progress = calloc(1, sizeof *progress);
    if (!progress)
        return NULL;
    progress->what = what;
    progress->ask = ask;
    progress->context = context;
    progress->terminal = isatty(STDERR_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&progress->end, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&progress->lock, NULL);
    if (pthread_create(&progress->thread, NULL, run, progress) != 0) {
        pthread_mutex_destroy(&progress->lock);
        pthread_cond_destroy(&progress->end);
        free(progress);
        return NULL;
    }
    return progress;
}

void progress_end(struct progress *progress)
{
    if (!progress)
        return;
    pthread_mutex_lock(&progress->lock);
    progress->ended = true;
    pthread_cond_signal(&progress->end);
    pthread_mutex_unlock(&progress->lock);
    pthread_join(progress->thread, NULL);
    if (progress->terminal)
        fprintf(stderr, "\r\033[K");
    pthread_mutex_destroy(&progress->lock);
    pthread_cond_destroy(&progress->end);
    free(progress);
}
