-- SPDX-License-Identifier: MIT
-- What there is: datasets with their schemas, their files with hashes, their class counts.
-- Features, splits, classes are numbered from 0 within what they belong to; the numbers are those
-- that the rest of the program uses as indices.

PRAGMA application_id = 1396916563; -- the bytes "SCAS"

CREATE TABLE dataset (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    revision    TEXT NOT NULL CHECK (length(revision) = 64),
    created     TEXT NOT NULL, -- UTC, RFC 3339
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    license     TEXT NOT NULL,
    citation    TEXT NOT NULL,
    homepage    TEXT NOT NULL,
    task        TEXT NOT NULL
) STRICT;

CREATE TABLE warning (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (dataset, number)
) STRICT, WITHOUT ROWID;

-- The files that the dataset was imported from.
CREATE TABLE source (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    file    TEXT NOT NULL,
    bytes   INTEGER NOT NULL CHECK (bytes >= 0),
    sha256  TEXT NOT NULL,
    PRIMARY KEY (dataset, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE split (
    dataset     INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    name        TEXT NOT NULL,
    num_samples INTEGER NOT NULL CHECK (num_samples >= 0),
    bytes       INTEGER NOT NULL CHECK (bytes >= 0), -- of the features' values
    PRIMARY KEY (dataset, number),
    UNIQUE (dataset, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE feature (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,    -- image, class, scalar, array
    dtype   TEXT NOT NULL,    -- numpy's name
    shape   TEXT NOT NULL,    -- of one sample, '28,28'; '' for a single number
    white   REAL NOT NULL,    -- of an image: the value shown as full brightness
    target  INTEGER NOT NULL, -- 1 for what a model is to predict
    parent  INTEGER,          -- of a class feature: the feature whose classes are the superclasses
    PRIMARY KEY (dataset, number),
    UNIQUE (dataset, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE class (
    dataset INTEGER NOT NULL,
    feature INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    parent  INTEGER, -- a class of the parent feature
    PRIMARY KEY (dataset, feature, number),
    FOREIGN KEY (dataset, feature) REFERENCES feature ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The samples of each class in each split.
CREATE TABLE class_count (
    dataset INTEGER NOT NULL,
    split   INTEGER NOT NULL,
    feature INTEGER NOT NULL,
    class   INTEGER NOT NULL,
    samples INTEGER NOT NULL CHECK (samples >= 0),
    PRIMARY KEY (dataset, split, feature, class),
    FOREIGN KEY (dataset, split) REFERENCES split ON DELETE CASCADE,
    FOREIGN KEY (dataset, feature, class) REFERENCES class ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The files below arrays/{dataset}/{revision}/{split}/.
CREATE TABLE array (
    dataset INTEGER NOT NULL,
    split   INTEGER NOT NULL,
    feature INTEGER NOT NULL,
    role    TEXT NOT NULL, -- values, by_class
    bytes   INTEGER NOT NULL CHECK (bytes >= 0), -- of the whole file
    sha256  TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (dataset, split, feature, role),
    FOREIGN KEY (dataset, split) REFERENCES split ON DELETE CASCADE,
    FOREIGN KEY (dataset, feature) REFERENCES feature ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
