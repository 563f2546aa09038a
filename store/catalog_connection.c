// SPDX-License-Identifier: MIT
// The connection to catalog.sqlite3. SQLite can damage a WAL that two connections write or
// checkpoint at once (up to 3.51.2), so only the holder of the folder's lock does either; all
// others open the file read-only and leave the WAL alone when they close. What a writer committed
// is moved into the file itself before it lets go of the lock, so that the file alone is a whole
// catalog.
#include "store/catalog_database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "store/catalog_errno.h"

enum {
    WRITER_WAITS = 10000, // milliseconds for readers who are in the way of a checkpoint
    READER_WAITS = 2000,
};

bool catalog_fail(struct catalog *catalog, struct error *error)
{
    int code = sqlite3_errcode(catalog->db) & 0xff;
    enum error_kind kind = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? ERROR_DAMAGED
                           : code == SQLITE_NOMEM                          ? ERROR_MEMORY
                                                                           : ERROR_SYSTEM;
    // What the system said is clearer than SQLite's words for it.
    int number = catalog_errno_take();
    if (code == SQLITE_FULL)
        number = ENOSPC;
    if (number != 0 && (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_CANTOPEN ||
                        code == SQLITE_READONLY)) {
        errno = number;
        return error_system(error, "%s/%s", folder_path(catalog->folder), CATALOG_FILE);
    }
    return error_set(error, kind, "%s/%s: %s", folder_path(catalog->folder), CATALOG_FILE,
                     sqlite3_errmsg(catalog->db));
}

struct sqlite3_stmt *catalog_prepare(struct catalog *catalog, const char *sql, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    catalog_errno_take(); // what was before is no reason for what fails now
    if (sqlite3_prepare_v2(catalog->db, sql, -1, &statement, NULL) != SQLITE_OK)
        catalog_fail(catalog, error);
    return statement;
}

bool catalog_run(struct catalog *catalog, const char *sql, struct error *error)
{
    catalog_errno_take();
    return sqlite3_exec(catalog->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           catalog_fail(catalog, error);
}

bool catalog_number(struct catalog *catalog, const char *sql, int64_t *out, struct error *error)
{
    sqlite3_stmt *statement = catalog_prepare(catalog, sql, error);
    if (!statement)
        return false;
    bool ok = sqlite3_step(statement) == SQLITE_ROW || catalog_fail(catalog, error);
    if (ok)
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return ok;
}

// The file's path as a URI; every byte that means something in one is escaped. An absolute path
// comes after an empty authority, since it may begin with two slashes.
static char *immutable_uri(const char *path)
{
    struct buffer uri = BUFFER_INIT;
    buffer_string(&uri, *path == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (*path == '%' || *path == '?' || *path == '#')
            buffer_printf(&uri, "%%%02x", (unsigned)*path);
        else
            buffer_byte(&uri, *path);
    }
    buffer_printf(&uri, "/%s?immutable=1", CATALOG_FILE);
    buffer_byte(&uri, '\0');
    size_t size;
    return buffer_take(&uri, &size);
}

// Limits and switches of a connection before its first statement.
static void configure(sqlite3 *db, enum folder_access access)
{
    const int switches[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, access == FOLDER_READ},
    };
    static const int LIMITS[][2] = {
        {SQLITE_LIMIT_LENGTH, 16 << 20}, {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},  {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_ATTACHED, 0},
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        sqlite3_db_config(db, switches[i][0], switches[i][1], (int *)NULL);
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        sqlite3_limit(db, LIMITS[i][0], LIMITS[i][1]);
    sqlite3_busy_timeout(db, access == FOLDER_WRITE ? WRITER_WAITS : READER_WAITS);
}

void catalog_disconnect(struct catalog *catalog)
{
    sqlite3_finalize(catalog->changes);
    sqlite3_close(catalog->db);
    catalog->changes = NULL;
    catalog->db = NULL;
}

// One try to open the file and to read from it. *version is the schema's.
static bool connect_once(struct catalog *catalog, int64_t *version, struct error *error)
{
    const char *folder = folder_path(catalog->folder);
    int flags = catalog->access == FOLDER_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                : SQLITE_OPEN_READONLY;
    char *name = NULL;
    if (catalog->immutable) {
        flags |= SQLITE_OPEN_URI;
        name = immutable_uri(folder);
    } else if (asprintf(&name, "%s/%s", folder, CATALOG_FILE) < 0) {
        name = NULL;
    }
    if (!name)
        return error_memory(error);
    catalog_errno_take();
    int code = sqlite3_open_v2(name, &catalog->db,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    free(name);
    if (!catalog->db)
        return error_memory(error);
    // SQLite is content to read what it may not write.
    if (code == SQLITE_OK && catalog->access == FOLDER_WRITE &&
        sqlite3_db_readonly(catalog->db, "main") == 1) {
        errno = catalog_errno_take();
        return error_system(error, "cannot write to %s/%s", folder, CATALOG_FILE);
    }
    if (code != SQLITE_OK)
        return catalog_fail(catalog, error);
    configure(catalog->db, catalog->access);
    return catalog_run(catalog,
                       catalog->access == FOLDER_WRITE
                           // Small pages, since the WAL gets whole ones: removing a dataset must
                           // be possible on a disk that is almost full.
                           ? "PRAGMA page_size = 1024; PRAGMA secure_delete = OFF;"
                             "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
                             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
                           : "PRAGMA cell_size_check = ON; PRAGMA query_only = ON;"
                             "PRAGMA cache_size = -512",
                       error) &&
           catalog_number(catalog, "PRAGMA user_version", version, error);
}

bool catalog_stat(const struct catalog *catalog, const char *file, struct stat *info)
{
    return fstatat(folder_fd(catalog->folder), file, info, 0) == 0;
}

// Whether a failure to open or read means that SQLite's files beside the catalog, by which readers
// and writers agree, cannot be made: the folder is read-only, the disk is full.
static bool cannot_write_beside(const struct catalog *catalog)
{
    int code = catalog->db ? sqlite3_errcode(catalog->db) & 0xff : SQLITE_NOMEM;
    return code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM ||
           code == SQLITE_IOERR || code == SQLITE_FULL;
}

// Opens the file as one that does not change, which is right while no writer is at work and if the
// last one left no WAL. Until catalog_let_go there is none.
static bool connect_immutable(struct catalog *catalog, int64_t *version, struct error *error)
{
    struct stat info;
    if (catalog->still < 0 && !folder_hold_still(catalog->folder, &catalog->still, error))
        return false;
    if (catalog_stat(catalog, CATALOG_WAL, &info) && info.st_size > 0)
        return error_set(
            error, ERROR_SYSTEM,
            "%s/%s holds changes that can only be read where files can be written; a "
            "samplecase add or remove that may write there moves them into the catalog",
            folder_path(catalog->folder), CATALOG_WAL);
    return connect_once(catalog, version, error);
}

bool catalog_connect(struct catalog *catalog, int64_t *version, struct error *error)
{
    if (!catalog->immutable) {
        struct stat info;
        struct error first = ERROR_INIT;
        if (connect_once(catalog, version, &first)) {
            if (!catalog_stat(catalog, CATALOG_FILE, &info))
                return error_system(error, "%s/%s", folder_path(catalog->folder), CATALOG_FILE);
            catalog->device = info.st_dev;
            catalog->inode = info.st_ino;
            return true;
        }
        if (catalog->access == FOLDER_WRITE || !cannot_write_beside(catalog))
            return error_set(error, first.kind, "%s", first.text);
        catalog_disconnect(catalog);
        catalog->immutable = true;
    }
    return connect_immutable(catalog, version, error);
}

bool catalog_reopen(struct catalog *catalog, struct error *error)
{
    int64_t version;
    catalog_disconnect(catalog);
    return catalog_connect(catalog, &version, error);
}

void catalog_let_go(struct catalog *catalog)
{
    if (catalog->still >= 0)
        close(catalog->still);
    catalog->still = -1;
}
