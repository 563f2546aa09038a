// SPDX-License-Identifier: MIT
// Which version a catalog is of, and what each kind of user may do with it.
#include "store/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/embedded.h"
#include "store/catalog_database.h"
#include "store/catalog_errno.h"
#include "store/orphan.h"
#include "store/workspace.h"

extern const struct embedded MIGRATIONS[];

enum { APPLICATION_ID = 0x53434153 }; // "SCAS", as in the first migration

static int64_t newest_version(void)
{
    int64_t count = 0;
    while (MIGRATIONS[count].name)
        count++;
    return count;
}

// Brings an old or empty catalog to the newest version, one transaction for each step.
static bool migrate(struct catalog *catalog, int64_t version, struct error *error)
{
    const char *path = folder_path(catalog->folder);
    if (version == 0 && orphan_exists(catalog->folder))
        return error_set(error, ERROR_DAMAGED,
                         "%s/arrays holds datasets, but %s is missing or empty: put the catalog "
                         "back, or delete arrays to begin anew",
                         path, CATALOG_FILE);
    for (; MIGRATIONS[version].name; version++) {
        char *sql = NULL;
        if (asprintf(&sql, "BEGIN IMMEDIATE;%s;PRAGMA user_version = %" PRId64 ";COMMIT",
                     (const char *)MIGRATIONS[version].bytes, version + 1) < 0)
            return error_memory(error);
        bool ok = catalog_run(catalog, sql, error);
        free(sql);
        if (!ok)
            return false;
    }
    return folder_sync(catalog->folder, ".", error);
}

bool catalog_check_version(struct catalog *catalog, int64_t version, struct error *error)
{
    const char *path = folder_path(catalog->folder);
    int64_t id, tables;
    if (!catalog_number(catalog, "PRAGMA application_id", &id, error) ||
        !catalog_number(catalog, "SELECT count(*) FROM sqlite_master", &tables, error))
        return false;
    if (tables > 0 && id != APPLICATION_ID)
        return error_set(error, ERROR_INPUT, "%s/%s is a database of another program", path,
                         CATALOG_FILE);
    if (version > newest_version())
        return error_set(error, ERROR_INPUT,
                         "%s/%s was written by a newer samplecase (its version is %" PRId64
                         ", this program knows up to %" PRId64 "): use that one",
                         path, CATALOG_FILE, version, newest_version());
    return true;
}

struct catalog *catalog_open(struct folder *folder, enum folder_access access, struct error *error)
{
    catalog_errno_watch();
    struct catalog *catalog = calloc(1, sizeof *catalog);
    if (!catalog) {
        error_memory(error);
        return NULL;
    }
    catalog->folder = folder;
    catalog->access = FOLDER_READ; // until the lock is held
    catalog->still = -1;
    int64_t version;
    struct stat info;
    if (access == FOLDER_READ &&
        (folder_fd(folder) < 0 || (!catalog_stat(catalog, CATALOG_FILE, &info) && errno == ENOENT)))
        goto none;
    if (access == FOLDER_WRITE && !folder_lock(folder, error))
        goto none;
    catalog->access = access;
    if (!catalog_connect(catalog, &version, error))
        goto none;
    if (version == 0 && access == FOLDER_READ)
        goto none; // somebody is making it
    if (!catalog_check_version(catalog, version, error) ||
        (access == FOLDER_WRITE && version < newest_version() && !migrate(catalog, version, error)))
        goto none;
    if (access == FOLDER_WRITE) {
        workspace_clear(folder);
        orphan_clear(folder, catalog);
    }
    catalog_let_go(catalog);
    return catalog;
none:
    catalog_close(catalog);
    return NULL;
}

void catalog_close(struct catalog *catalog)
{
    if (!catalog)
        return;
    if (catalog->access == FOLDER_WRITE && catalog->db)
        sqlite3_wal_checkpoint_v2(catalog->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    catalog_disconnect(catalog);
    catalog_let_go(catalog);
    if (catalog->access == FOLDER_WRITE)
        folder_unlock(catalog->folder);
    free(catalog);
}

bool catalog_version(struct catalog *catalog, uint64_t *version, struct error *error)
{
    struct stat info;
    if (!catalog_stat(catalog, CATALOG_FILE, &info))
        return error_system(error, "%s/%s", folder_path(catalog->folder), CATALOG_FILE);
    if (catalog->immutable) {
        uint64_t parts[] = {info.st_dev, info.st_ino, (uint64_t)info.st_size,
                            (uint64_t)info.st_mtim.tv_sec, (uint64_t)info.st_mtim.tv_nsec};
        *version = UINT64_C(14695981039346656037); // FNV-1a over words
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            *version = (*version ^ parts[i]) * UINT64_C(1099511628211);
        return true;
    }
    if (info.st_dev != catalog->device || info.st_ino != catalog->inode)
        return error_set(error, ERROR_MISSING, "%s/%s was replaced by another file",
                         folder_path(catalog->folder), CATALOG_FILE);
    if (!catalog->changes &&
        !(catalog->changes = catalog_prepare(catalog, "PRAGMA data_version", error)))
        return false;
    bool ok = sqlite3_step(catalog->changes) == SQLITE_ROW || catalog_fail(catalog, error);
    if (ok)
        *version = (uint64_t)sqlite3_column_int64(catalog->changes, 0);
    sqlite3_reset(catalog->changes);
    return ok;
}

bool catalog_missing(struct catalog *catalog, const char *name, struct error *error)
{
    enum { SHOWN = 20 };
    sqlite3_stmt *statement =
        catalog_prepare(catalog, "SELECT name FROM dataset ORDER BY name", error);
    if (!statement)
        return false;
    struct buffer names = BUFFER_INIT;
    size_t count = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && count <= SHOWN) {
        const char *other = (const char *)sqlite3_column_text(statement, 0);
        if (count == SHOWN)
            buffer_string(&names, ", …");
        else
            buffer_printf(&names, "%s%s", count ? ", " : "", other ? other : "");
        count++;
    }
    const char *list = buffer_text(&names);
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        catalog_fail(catalog, error);
    else if (!list)
        error_memory(error);
    else if (count == 0)
        error_set(error, ERROR_MISSING, "no dataset \"%.100s\"; there are none", name);
    else
        error_set(error, ERROR_MISSING, "no dataset \"%.100s\"; there are: %s", name, list);
    sqlite3_finalize(statement);
    buffer_free(&names);
    return false;
}

bool catalog_revision(struct catalog *catalog, const char *name, char revision[DIGEST_HEX],
                      struct error *error)
{
    sqlite3_stmt *statement =
        catalog_prepare(catalog, "SELECT revision FROM dataset WHERE name = ?", error);
    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    snprintf(revision, DIGEST_HEX, "%s", text ? text : "");
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || catalog_fail(catalog, error);
    sqlite3_finalize(statement);
    return ok;
}

bool catalog_exists(const char *name, struct error *error)
{
    return error_set(error, ERROR_EXISTS,
                     "there is a dataset \"%s\" already; --replace puts this one in its place",
                     name);
}
