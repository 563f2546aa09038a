// SPDX-License-Identifier: MIT
// What the catalog's own files share: the connection and how statements are made and fail.
#ifndef SAMPLECASE_STORE_CATALOG_DATABASE_H
#define SAMPLECASE_STORE_CATALOG_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/catalog.h"

struct sqlite3;
struct sqlite3_stmt;
struct stat;

#define CATALOG_FILE "catalog.sqlite3"
#define CATALOG_WAL  "catalog.sqlite3-wal"

struct catalog {
    struct folder *folder; // borrowed
    enum folder_access access;
    struct sqlite3 *db;
    struct sqlite3_stmt *changes; // PRAGMA data_version, kept for catalog_version
    uint64_t device, inode;       // of the file that db has open
    // Nothing can be written beside the catalog (the folder is read-only, the disk is full): no
    // WAL, no locking by SQLite; writers are kept away while it is read, and it is opened anew each
    // time.
    bool immutable;
    int still; // what keeps writers away (folder_hold_still), or -1
};

// Opens the file as catalog->access says and reads the version of its schema, 0 for an empty one.
// False with the error; catalog_disconnect is fine then too.
bool catalog_connect(struct catalog *catalog, int64_t *version, struct error *error);
void catalog_disconnect(struct catalog *catalog);

// Opens an immutable catalog anew, since SQLite does not look whether it changed; keeps writers
// away until catalog_let_go.
bool catalog_reopen(struct catalog *catalog, struct error *error);
void catalog_let_go(struct catalog *catalog);

// Whether the open file is a catalog of this program and of a version that it knows: the newest, or
// one that can be read and brought forward.
bool catalog_check_version(struct catalog *catalog, int64_t version, struct error *error);

// The failure that the connection reports, with the catalog's path. Returns false.
bool catalog_fail(struct catalog *catalog, struct error *error);

// A prepared statement; NULL with the error.
struct sqlite3_stmt *catalog_prepare(struct catalog *catalog, const char *sql, struct error *error);

// The number that a statement gives.
bool catalog_number(struct catalog *catalog, const char *sql, int64_t *out, struct error *error);

// fstatat of a file in the data folder.
bool catalog_stat(const struct catalog *catalog, const char *file, struct stat *info);

// Runs statements that give no rows.
bool catalog_run(struct catalog *catalog, const char *sql, struct error *error);

// ERROR_MISSING: there is no such dataset, and these are there. Returns false.
bool catalog_missing(struct catalog *catalog, const char *name, struct error *error);

// The current revision of the dataset, "" when there is no such dataset. False with the error when
// it cannot be told.
bool catalog_revision(struct catalog *catalog, const char *name, char revision[DIGEST_HEX],
                      struct error *error);

// ERROR_EXISTS: there is a dataset of that name. Returns false.
bool catalog_exists(const char *name, struct error *error);

#endif
