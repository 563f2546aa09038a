// SPDX-License-Identifier: MIT
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/size.h"

static const int64_t SECOND = 1000000000; // nanoseconds

static const char REMEDY[] = "add the dataset again with --replace";

bool place_at(const struct array *places, uint64_t i, struct place *place)
{
    int64_t row[5];
    uint64_t end;
    memcpy(row, places->rows + i * sizeof row, sizeof row);
    *place = (struct place){.file = (uint64_t)row[0],
                            .offset = (uint64_t)row[1],
                            .size = (uint64_t)row[2],
                            .file_size = (uint64_t)row[3],
                            .modified = row[4]};
    return place->size > 0 && place->size <= SCHEMA_MAX_IMAGE &&
           size_add(place->offset, place->size, &end) && end <= place->file_size &&
           place->file_size <= INT64_MAX;
}

bool place_path(const struct array *files, const struct array *offsets, uint64_t number,
                char path[PATH_MAX])
{
    int64_t ends[2];
    if (number >= offsets->num_rows - 1)
        return false;
    memcpy(ends, offsets->rows + number * sizeof ends[0], sizeof ends);
    if (ends[0] < 0 || ends[1] <= ends[0] || (uint64_t)ends[1] > files->num_rows ||
        ends[1] - ends[0] >= PATH_MAX)
        return false;
    size_t size = (size_t)(ends[1] - ends[0]);
    memcpy(path, files->rows + ends[0], size);
    path[size] = '\0';
    return path[0] == '/' && strlen(path) == size;
}

// The end of a path, for a sentence.
static const char *tail(const char *path)
{
    enum { SHOWN = 400 };
    size_t size = strlen(path);
    if (size <= SHOWN)
        return path;
    path += size - SHOWN;
    while (((unsigned char)*path & 0xc0) == 0x80) // not from within a character
        path++;
    return path;
}

static const char *shown(const char *path, const struct place *place)
{
    return place->shown ? place->shown : tail(path);
}

// Writes a time as RFC 3339 has it, UTC.
static void write_time(int64_t when, char out[48])
{
    int64_t rest = when % SECOND < 0 ? when % SECOND + SECOND : when % SECOND;
    time_t seconds = (time_t)((when - rest) / SECOND);
    struct tm utc;
    if (!gmtime_r(&seconds, &utc))
        utc = (struct tm){.tm_mday = 1};
    size_t used = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + used, 48 - used, ".%09" PRId64 "Z", rest);
}

static bool has_changed(const char *path, const struct place *place, uint64_t size,
                        int64_t modified, struct error *error)
{
    char then[48], now[48];
    write_time(place->modified, then);
    write_time(modified, now);
    return error_set(error, ERROR_DAMAGED,
                     "%s has changed since it was added (then %" PRIu64 " bytes of %s, now %" PRIu64
                     " bytes of %s); %s",
                     shown(path, place), place->file_size, then, size, now, REMEDY);
}

static bool check(int fd, const char *path, const struct place *place, struct error *error)
{
    struct stat info;
    int64_t modified;
    if (fstat(fd, &info) != 0)
        return error_system(error, "cannot look at %s", shown(path, place));
    if (!S_ISREG(info.st_mode))
        return error_set(error, ERROR_DAMAGED, "%s is no regular file any more; %s",
                         shown(path, place), REMEDY);
    if (__builtin_mul_overflow((int64_t)info.st_mtim.tv_sec, SECOND, &modified) ||
        __builtin_add_overflow(modified, (int64_t)info.st_mtim.tv_nsec, &modified))
        modified = INT64_MAX;
    return ((uint64_t)info.st_size == place->file_size && modified == place->modified) ||
           has_changed(path, place, (uint64_t)info.st_size, modified, error);
}

int place_open(const char *path, const struct place *place, struct error *error)
{
    // O_NONBLOCK: somebody may have put a fifo there.
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            error_set(error, ERROR_MISSING, "%s is gone since it was added; put it back, or %s",
                      shown(path, place), REMEDY);
        else if (errno == ELOOP)
            error_set(error, ERROR_DAMAGED, "%s is a symbolic link now; %s", shown(path, place),
                      REMEDY);
        else
            error_system(error, "cannot open %s", shown(path, place));
        return -1;
    }
    if (check(fd, path, place, error))
        return fd;
    close(fd);
    return -1;
}

bool place_read(int fd, const char *path, const struct place *place, uint8_t *bytes,
                struct error *error)
{
    for (uint64_t done = 0; done < place->size;) {
        ssize_t got = pread(fd, bytes + done, place->size - done, (off_t)(place->offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system(error, "cannot read %s", shown(path, place));
        if (got == 0)
            return error_set(error, ERROR_DAMAGED, "%s was cut while it was read; %s",
                             shown(path, place), REMEDY);
        done += (uint64_t)got;
    }
    return true;
}
