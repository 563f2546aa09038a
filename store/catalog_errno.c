// SPDX-License-Identifier: MIT
// SQLite's log has most: there its unix layer writes "os_unix.c:42915: (28) full_fsync(...) - ...".
// But not failing writes; and of a file that cannot be made only that it does not exist, since it
// is opened again without O_CREAT. These two calls are watched themselves.
#include "store/catalog_errno.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8, "pwrite is pwrite64");

static _Thread_local int first;

static void note(int number)
{
    if (first == 0)
        first = number;
}

static void on_log(void *context, int code, const char *text)
{
    int number;
    (void)context;
    (void)code;
    if (sscanf(text, "os_unix.c:%*d: (%d)", &number) == 1)
        note(number);
}

static int open_for_sqlite(const char *path, int flags, int mode)
{
    int fd = open(path, flags, mode);
    if (fd < 0 && (flags & O_CREAT))
        note(errno);
    return fd;
}

static ssize_t write_for_sqlite(int fd, const void *bytes, size_t size, off_t offset)
{
    ssize_t written = pwrite(fd, bytes, size, offset);
    if (written < 0)
        note(errno);
    return written;
}

static void replace(sqlite3_vfs *vfs, const char *name, void (*call)(void))
{
    vfs->xSetSystemCall(vfs, name, (sqlite3_syscall_ptr)call);
}

static void watch(void)
{
    sqlite3_config(SQLITE_CONFIG_LOG, on_log, NULL);
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (!vfs || vfs->iVersion < 3)
        return;
    replace(vfs, "open", (void (*)(void))open_for_sqlite);
    replace(vfs, "pwrite", (void (*)(void))write_for_sqlite); // it has one of these two
    replace(vfs, "pwrite64", (void (*)(void))write_for_sqlite);
}

void catalog_errno_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch);
}

int catalog_errno_take(void)
{
    int number = first;
    first = 0;
    return number;
}
