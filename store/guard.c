// SPDX-License-Identifier: MIT
// The handler may run at any moment in any thread, so it takes no lock: ranges stand in blocks of
// slots that are only ever added and never freed, each slot is published by its start address and
// withdrawn by zeroing that.
#include "store/guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK_SLOTS = 256, MAX_BLOCKS = 4096 };

struct slot {
    _Atomic(uintptr_t) start; // 0: free
    _Atomic(size_t) size;
    // Read by the handler only for a range that somebody reads from, so nobody changes them then.
    _Atomic(const char *) *flag;
    const char *reason;
};

static _Atomic(struct slot *) blocks[MAX_BLOCKS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of those who add and remove
static struct sigaction before;
static uintptr_t page_size;

// The guarded range that the address lies in, or NULL. A slot may be given to another range while
// it is looked at: its start is looked at again, so that start and size are of the same range.
static struct slot *find(uintptr_t address)
{
    for (size_t i = 0; i < MAX_BLOCKS; i++) {
        struct slot *block = atomic_load_explicit(&blocks[i], memory_order_acquire);
        if (!block)
            return NULL;
        for (size_t j = 0; j < BLOCK_SLOTS; j++) {
            uintptr_t start = atomic_load(&block[j].start);
            size_t size = atomic_load(&block[j].size);
            if (start && address >= start && address - start < size &&
                atomic_load(&block[j].start) == start)
                return &block[j];
        }
    }
    return NULL;
}

// Zeros for the page that cannot be read, and for all behind it, since a file that was cut has none
// of them; who reads them is told by the flag.
static bool patch(const struct slot *slot, uintptr_t page)
{
    size_t size = atomic_load(&slot->start) + atomic_load(&slot->size) - page;
    return mmap((void *)page, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
           MAP_FAILED;
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    int number = errno;
    uintptr_t address = (uintptr_t)info->si_addr;
    const struct slot *slot = info->si_code > 0 ? find(address) : NULL;
    if (slot && patch(slot, address & ~(page_size - 1))) {
        const char *none = NULL;
        atomic_compare_exchange_strong(slot->flag, &none, slot->reason);
        errno = number;
        return;
    }
    // Not ours: the load is tried again under the handler of before, a sent signal is sent again.
    sigaction(signal_number, &before, NULL);
    if (info->si_code <= 0)
        raise(signal_number);
}

bool guard_install(struct error *error)
{
    struct sigaction ours = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction current;
    sigemptyset(&ours.sa_mask);
    pthread_mutex_lock(&lock);
    if (page_size == 0)
        page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    bool ok = sigaction(SIGBUS, NULL, &current) == 0;
    if (ok && (!(current.sa_flags & SA_SIGINFO) || current.sa_sigaction != on_bus_error)) {
        before = current;
        ok = sigaction(SIGBUS, &ours, NULL) == 0;
    }
    if (!ok)
        error_system(error, "cannot handle SIGBUS");
    pthread_mutex_unlock(&lock);
    return ok;
}

long guard_add(const void *start, size_t size, _Atomic(const char *) *flag,
               const char *reason, struct error *error)
{
    long ticket = -1;
    pthread_mutex_lock(&lock);
    for (long i = 0; ticket < 0 && i < MAX_BLOCKS; i++) {
        struct slot *block = atomic_load_explicit(&blocks[i], memory_order_relaxed);
        if (!block) {
            block = calloc(BLOCK_SLOTS, sizeof *block);
            if (!block)
                break;
            atomic_store_explicit(&blocks[i], block, memory_order_release);
        }
        for (long j = 0; ticket < 0 && j < BLOCK_SLOTS; j++) {
            if (atomic_load(&block[j].start))
                continue;
            atomic_store(&block[j].size, size);
            block[j].flag = flag;
            block[j].reason = reason;
            atomic_store(&block[j].start, (uintptr_t)start);
            ticket = i * BLOCK_SLOTS + j;
        }
    }
    pthread_mutex_unlock(&lock);
    if (ticket < 0)
        error_memory(error);
    return ticket;
}

void guard_remove(long ticket)
{
    if (ticket < 0)
        return;
    pthread_mutex_lock(&lock);
    struct slot *block = atomic_load(&blocks[ticket / BLOCK_SLOTS]);
    atomic_store(&block[ticket % BLOCK_SLOTS].start, 0);
    pthread_mutex_unlock(&lock);
}
