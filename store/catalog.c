// SPDX-License-Identifier: MIT
// The connection to catalog.sqlite3. SQLite can damage a WAL that two connections write or checkpoint
// at once (up to 3.51.2), so only the holder of the folder's lock does either; all others open the
// file read-only and leave the WAL alone when they close. What a writer committed is moved into the
// file itself before it lets go of the lock, so that the file alone is a whole catalog.
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

static const char FILE_NAME[] = "catalog.sqlite3";
static const char WAL_NAME[] = "catalog.sqlite3-wal";

enum {
    APPLICATION_ID = 0x53434153, // "SCAS", as in the first migration
    WRITER_WAITS = 10000,        // milliseconds for readers who are in the way of a checkpoint
    READER_WAITS = 2000,
};

bool catalog_fail(struct catalog *catalog, struct error *error)
{
    int code = sqlite3_errcode(catalog->db) & 0xff;
    enum error_kind kind = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? ERROR_DAMAGED
                           : code == SQLITE_NOMEM                         ? ERROR_MEMORY
                                                                          : ERROR_SYSTEM;
    // What the system said is clearer than SQLite's words for it.
    int number = catalog_errno_take();
    if (code == SQLITE_FULL)
        number = ENOSPC;
    if (number != 0 && (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_CANTOPEN ||
                        code == SQLITE_READONLY)) {
        errno = number;
        return error_system(error, "%s/%s", folder_path(catalog->folder), FILE_NAME);
    }
    return error_set(error, kind, "%s/%s: %s", folder_path(catalog->folder), FILE_NAME,
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

// The number that a statement gives, for pragmas.
static bool number(struct catalog *catalog, const char *sql, int64_t *out, struct error *error)
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

static int64_t newest_version(void)
{
    int64_t count = 0;
    while (MIGRATIONS[count].name)
        count++;
    return count;
}

// The data folder's path and the file's as a URI; every byte that means something in one is escaped.
static char *immutable_uri(const char *path)
{
    struct buffer uri = BUFFER_INIT;
    buffer_string(&uri, "file:");
    for (; *path; path++) {
        if (*path == '%' || *path == '?' || *path == '#')
            buffer_printf(&uri, "%%%02x", (unsigned)*path);
        else
            buffer_byte(&uri, *path);
    }
    buffer_printf(&uri, "/%s?immutable=1", FILE_NAME);
    buffer_byte(&uri, '\0');
    size_t size;
    return buffer_take(&uri, &size);
}

// Limits and switches of a connection before its first statement.
static void configure(sqlite3 *db, enum folder_access access)
{
    const int switches[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, access == FOLDER_READ},
    };
    static const int LIMITS[][2] = {
        {SQLITE_LIMIT_LENGTH, 16 << 20},          {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},           {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_ATTACHED, 0},
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        sqlite3_db_config(db, switches[i][0], switches[i][1], (int *)NULL);
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        sqlite3_limit(db, LIMITS[i][0], LIMITS[i][1]);
    sqlite3_busy_timeout(db, access == FOLDER_WRITE ? WRITER_WAITS : READER_WAITS);
}

static void disconnect(struct catalog *catalog)
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
    } else if (asprintf(&name, "%s/%s", folder, FILE_NAME) < 0) {
        name = NULL;
    }
    if (!name)
        return error_memory(error);
    catalog_errno_take();
    int code = sqlite3_open_v2(name, &catalog->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                               NULL);
    free(name);
    if (!catalog->db)
        return error_memory(error);
    // SQLite is content to read what it may not write.
    if (code == SQLITE_OK && catalog->access == FOLDER_WRITE &&
        sqlite3_db_readonly(catalog->db, "main") == 1) {
        errno = catalog_errno_take();
        return error_system(error, "cannot write to %s/%s", folder, FILE_NAME);
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
           number(catalog, "PRAGMA user_version", version, error);
}

static bool file_info(struct catalog *catalog, const char *name, struct stat *info)
{
    return fstatat(folder_fd(catalog->folder), name, info, 0) == 0;
}

// Whether a failure to open or read means that SQLite's files beside the catalog, by which readers and
// writers agree, cannot be made: the folder is read-only, the disk is full.
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
    if (file_info(catalog, WAL_NAME, &info) && info.st_size > 0)
        return error_set(error, ERROR_SYSTEM,
                         "%s/%s holds changes that can only be read where files can be written; a "
                         "samplecase add or remove that may write there moves them into the catalog",
                         folder_path(catalog->folder), WAL_NAME);
    return connect_once(catalog, version, error);
}

static bool connect(struct catalog *catalog, int64_t *version, struct error *error)
{
    if (!catalog->immutable) {
        struct stat info;
        struct error first = ERROR_INIT;
        if (connect_once(catalog, version, &first)) {
            if (!file_info(catalog, FILE_NAME, &info))
                return error_system(error, "%s/%s", folder_path(catalog->folder), FILE_NAME);
            catalog->device = info.st_dev;
            catalog->inode = info.st_ino;
            return true;
        }
        if (catalog->access == FOLDER_WRITE || !cannot_write_beside(catalog))
            return error_set(error, first.kind, "%s", first.text);
        disconnect(catalog);
        catalog->immutable = true;
    }
    return connect_immutable(catalog, version, error);
}

bool catalog_reopen(struct catalog *catalog, struct error *error)
{
    int64_t version;
    disconnect(catalog);
    return connect(catalog, &version, error);
}

void catalog_let_go(struct catalog *catalog)
{
    if (catalog->still >= 0)
        close(catalog->still);
    catalog->still = -1;
}

// Brings an old or empty catalog to the newest version, one transaction for each step.
static bool migrate(struct catalog *catalog, int64_t version, struct error *error)
{
    const char *path = folder_path(catalog->folder);
    if (version == 0 && orphan_exists(catalog->folder))
        return error_set(error, ERROR_DAMAGED,
                         "%s/arrays holds datasets, but %s is missing or empty: put the catalog "
                         "back, or delete arrays to begin anew",
                         path, FILE_NAME);
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

// Whether the open file is a catalog of this program and of a version that can be worked with.
static bool check_version(struct catalog *catalog, int64_t version, struct error *error)
{
    const char *path = folder_path(catalog->folder);
    int64_t id, tables;
    if (!number(catalog, "PRAGMA application_id", &id, error) ||
        !number(catalog, "SELECT count(*) FROM sqlite_master", &tables, error))
        return false;
    if (tables > 0 && id != APPLICATION_ID)
        return error_set(error, ERROR_INPUT, "%s/%s is a database of another program", path,
                         FILE_NAME);
    if (version > newest_version())
        return error_set(error, ERROR_INPUT,
                         "%s/%s was written by a newer samplecase (its version is %" PRId64
                         ", this program knows up to %" PRId64 "): use that one",
                         path, FILE_NAME, version, newest_version());
    if (version < newest_version() && catalog->access == FOLDER_READ)
        return error_set(error, ERROR_INPUT,
                         "%s/%s was written by an older samplecase (its version is %" PRId64
                         ", this program's %" PRId64 "): samplecase add and remove bring it forward",
                         path, FILE_NAME, version, newest_version());
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
        (folder_fd(folder) < 0 || (!file_info(catalog, FILE_NAME, &info) && errno == ENOENT)))
        goto none;
    if (access == FOLDER_WRITE && !folder_lock(folder, error))
        goto none;
    catalog->access = access;
    if (!connect(catalog, &version, error))
        goto none;
    if (version == 0 && access == FOLDER_READ)
        goto none; // somebody is making it
    if (!check_version(catalog, version, error) ||
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
    disconnect(catalog);
    catalog_let_go(catalog);
    if (catalog->access == FOLDER_WRITE)
        folder_unlock(catalog->folder);
    free(catalog);
}

bool catalog_version(struct catalog *catalog, uint64_t *version, struct error *error)
{
    struct stat info;
    if (!file_info(catalog, FILE_NAME, &info))
        return error_system(error, "%s/%s", folder_path(catalog->folder), FILE_NAME);
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
                         folder_path(catalog->folder), FILE_NAME);
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
    sqlite3_stmt *statement = catalog_prepare(catalog, "SELECT name FROM dataset ORDER BY name", error);
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
    const char *text =
        code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    snprintf(revision, DIGEST_HEX, "%s", text ? text : "");
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || catalog_fail(catalog, error);
    sqlite3_finalize(statement);
    return ok;
}

bool catalog_exists(const char *name, struct error *error)
{
    return error_set(error, ERROR_EXISTS,
                     "there is a dataset \"%s\" already; --replace puts this one in its place", name);
}
