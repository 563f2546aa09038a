// SPDX-License-Identifier: MIT
// From schemas to rows, one transaction for each change.
#include "store/catalog.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/catalog_database.h"
#include "store/role.h"

// Statements with bound values, one after the other; the first failure makes the rest do nothing.
struct insertion {
    struct catalog *catalog;
    sqlite3_stmt *statement;
    int column; // of the next value
    bool ok;
    struct error *error;
};

static void insert_into(struct insertion *in, const char *sql)
{
    sqlite3_finalize(in->statement);
    in->statement = in->ok ? catalog_prepare(in->catalog, sql, in->error) : NULL;
    in->column = 0;
    in->ok = in->statement;
}

static void put_number(struct insertion *in, int64_t value)
{
    if (in->ok)
        sqlite3_bind_int64(in->statement, ++in->column, value);
}

// An index; a negative one is NULL.
static void put_index(struct insertion *in, int64_t value)
{
    if (in->ok && value < 0)
        sqlite3_bind_null(in->statement, ++in->column);
    else
        put_number(in, value);
}

static void put_real(struct insertion *in, double value)
{
    if (in->ok)
        sqlite3_bind_double(in->statement, ++in->column, value);
}

// A text that lives until the row is inserted; NULL counts as "".
static void put_text(struct insertion *in, const char *value)
{
    if (in->ok)
        sqlite3_bind_text(in->statement, ++in->column, value ? value : "", -1, SQLITE_STATIC);
}

static void put_row(struct insertion *in)
{
    if (!in->ok)
        return;
    in->ok = sqlite3_step(in->statement) == SQLITE_DONE || catalog_fail(in->catalog, in->error);
    sqlite3_reset(in->statement);
    in->column = 0;
}

static void insert_card(struct insertion *in, int64_t id, const struct schema *schema)
{
    const struct card *card = &schema->card;
    insert_into(in, "INSERT INTO warning(dataset, number, text) VALUES (?, ?, ?)");
    for (size_t i = 0; i < card->num_warnings; i++) {
        put_number(in, id);
        put_number(in, (int64_t)i);
        put_text(in, card->warnings[i]);
        put_row(in);
    }
    insert_into(in, "INSERT INTO source(dataset, number, file, bytes, sha256)"
                    " VALUES (?, ?, ?, ?, ?)");
    for (size_t i = 0; i < schema->num_sources; i++) {
        const struct source_file *source = &schema->sources[i];
        put_number(in, id);
        put_number(in, (int64_t)i);
        put_text(in, source->file);
        put_number(in, (int64_t)source->bytes);
        put_text(in, source->sha256);
        put_row(in);
    }
}

static void insert_set_aside(struct insertion *in, int64_t id, const struct schema *schema)
{
    insert_into(in, "INSERT INTO set_aside(dataset, number, file, reason) VALUES (?, ?, ?, ?)");
    for (size_t i = 0; i < schema->num_listed_aside; i++) {
        put_number(in, id);
        put_number(in, (int64_t)i);
        put_text(in, schema->set_aside[i].file);
        put_text(in, schema->set_aside[i].reason);
        put_row(in);
    }
}

static void insert_splits(struct insertion *in, int64_t id, const struct schema *schema)
{
    insert_into(in, "INSERT INTO split(dataset, number, name, num_samples, bytes)"
                    " VALUES (?, ?, ?, ?, ?)");
    for (size_t i = 0; i < schema->num_splits; i++) {
        const struct split *split = &schema->splits[i];
        put_number(in, id);
        put_number(in, (int64_t)i);
        put_text(in, split->name);
        put_number(in, (int64_t)split->num_samples);
        put_number(in, (int64_t)split->bytes);
        put_row(in);
    }
}

static void insert_features(struct insertion *in, int64_t id, const struct schema *schema)
{
    insert_into(in, "INSERT INTO feature(dataset, number, name, kind, dtype, shape, white, target,"
                    " parent, storage, num_words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        char shape[SCHEMA_MAX_RANK * 21 + 1] = "";
        size_t used = 0;
        for (unsigned axis = 0; axis < feature->rank; axis++)
            used += (size_t)snprintf(shape + used, sizeof shape - used, "%s%" PRIu64,
                                     axis ? "," : "", feature->shape[axis]);
        put_number(in, id);
        put_number(in, (int64_t)i);
        put_text(in, feature->name);
        put_text(in, feature_kind_name(feature->kind));
        put_text(in, dtype_name(feature->dtype));
        put_text(in, shape);
        put_real(in, feature->white);
        put_number(in, feature->target);
        put_index(in, feature->parent);
        put_text(in, storage_name(feature->storage));
        put_number(in, (int64_t)feature->num_words);
        put_row(in);
    }
    insert_into(in, "INSERT INTO class(dataset, feature, number, name, parent)"
                    " VALUES (?, ?, ?, ?, ?)");
    for (size_t i = 0; i < schema->num_features; i++) {
        for (size_t class = 0; class < schema->features[i].num_classes; class ++) {
            const struct class_label *label = &schema->features[i].classes[class];
            put_number(in, id);
            put_number(in, (int64_t)i);
            put_number(in, (int64_t) class);
            put_text(in, label->name);
            put_index(in, label->parent);
            put_row(in);
        }
    }
}

static void insert_arrays(struct insertion *in, int64_t id, const struct catalog_entry *entry)
{
    const struct schema *schema = &entry->schema;
    insert_into(in, "INSERT INTO array(dataset, split, feature, role, bytes, sha256)"
                    " VALUES (?, ?, ?, ?, ?, ?)");
    for (size_t i = 0; i < entry->num_arrays; i++) {
        const struct catalog_array *array = &entry->arrays[i];
        put_number(in, id);
        put_index(in, array->split);
        put_number(in, array->feature);
        put_text(in, role_name(array->role));
        put_number(in, (int64_t)array->bytes);
        put_text(in, array->sha256);
        put_row(in);
    }
    insert_into(in, "INSERT INTO class_count(dataset, split, feature, class, samples)"
                    " VALUES (?, ?, ?, ?, ?)");
    for (size_t i = 0; i < schema->num_splits * schema->num_features; i++) {
        const uint64_t *counts = entry->class_counts[i];
        size_t split = i / schema->num_features, feature = i % schema->num_features;
        for (size_t class = 0; counts && class < schema->features[feature].num_classes; class ++) {
            if (counts[class] == 0)
                continue;
            put_number(in, id);
            put_number(in, (int64_t)split);
            put_number(in, (int64_t)feature);
            put_number(in, (int64_t) class);
            put_number(in, (int64_t)counts[class]);
            put_row(in);
        }
    }
}

static bool insert_entry(struct catalog *catalog, const struct catalog_entry *entry,
                         struct error *error)
{
    const struct schema *schema = &entry->schema;
    const struct card *card = &schema->card;
    struct insertion in = {.catalog = catalog, .ok = true, .error = error};
    insert_into(&in, "INSERT INTO dataset(name, revision, created, title, description, license,"
                     " citation, homepage, task, num_set_aside)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const char *texts[] = {schema->name,   schema->revision,  schema->created,
                           card->title,    card->description, card->license,
                           card->citation, card->homepage,    card->task};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put_text(&in, texts[i]);
    put_number(&in, (int64_t)schema->num_set_aside);
    put_row(&in);
    int64_t id = sqlite3_last_insert_rowid(catalog->db);
    insert_card(&in, id, schema);
    insert_set_aside(&in, id, schema);
    insert_splits(&in, id, schema);
    insert_features(&in, id, schema);
    insert_arrays(&in, id, entry);
    sqlite3_finalize(in.statement);
    return in.ok;
}

// The dataset's id, or -1 when there is none.
static bool find(struct catalog *catalog, const char *name, int64_t *id, struct error *error)
{
    sqlite3_stmt *statement =
        catalog_prepare(catalog, "SELECT id FROM dataset WHERE name = ?", error);
    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    *id = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || catalog_fail(catalog, error);
    sqlite3_finalize(statement);
    return ok;
}

// Children first, so that no cascade has to look for them.
static bool delete_entry(struct catalog *catalog, int64_t id, struct error *error)
{
    static const char *const DELETIONS[] = {
        "DELETE FROM array WHERE dataset = ?",     "DELETE FROM class_count WHERE dataset = ?",
        "DELETE FROM class WHERE dataset = ?",     "DELETE FROM feature WHERE dataset = ?",
        "DELETE FROM split WHERE dataset = ?",     "DELETE FROM source WHERE dataset = ?",
        "DELETE FROM set_aside WHERE dataset = ?", "DELETE FROM warning WHERE dataset = ?",
        "DELETE FROM dataset WHERE id = ?",
    };
    struct insertion in = {.catalog = catalog, .ok = true, .error = error};
    for (size_t i = 0; i < sizeof DELETIONS / sizeof DELETIONS[0]; i++) {
        insert_into(&in, DELETIONS[i]);
        put_number(&in, id);
        put_row(&in);
    }
    sqlite3_finalize(in.statement);
    return in.ok;
}

// Commits what was done since BEGIN, or undoes it.
static bool finish(struct catalog *catalog, bool ok, struct error *error)
{
    ok = ok && catalog_run(catalog, "COMMIT", error);
    if (!ok && !sqlite3_get_autocommit(catalog->db))
        sqlite3_exec(catalog->db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

bool catalog_publish(struct catalog *catalog, const struct catalog_entry *entry, bool replace,
                     struct error *error)
{
    const char *name = entry->schema.name;
    int64_t id;
    if (!catalog_run(catalog, "BEGIN IMMEDIATE", error))
        return false;
    bool ok = find(catalog, name, &id, error);
    if (ok && id >= 0 && !replace)
        ok = catalog_exists(name, error);
    ok = ok && (id < 0 || delete_entry(catalog, id, error)) && insert_entry(catalog, entry, error);
    return finish(catalog, ok, error);
}

bool catalog_remove(struct catalog *catalog, const char *name, struct error *error)
{
    int64_t id;
    if (!catalog_run(catalog, "BEGIN IMMEDIATE", error))
        return false;
    bool ok = find(catalog, name, &id, error) &&
              (id >= 0 || catalog_missing(catalog, name, error)) &&
              delete_entry(catalog, id, error);
    return finish(catalog, ok, error);
}
