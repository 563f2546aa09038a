-- SPDX-License-Identifier: MIT
-- Texts, tokens and encoded images: how a feature is stored, arrays that are one for all splits,
-- files of the source that could not be used.

ALTER TABLE feature ADD COLUMN storage TEXT NOT NULL DEFAULT 'rows'; -- rows, ragged, in_place
ALTER TABLE feature ADD COLUMN num_words INTEGER NOT NULL DEFAULT 0 CHECK (num_words >= 0);

ALTER TABLE dataset ADD COLUMN num_set_aside INTEGER NOT NULL DEFAULT 0
    CHECK (num_set_aside >= 0); -- all of them; the table below has the first

CREATE TABLE set_aside (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    file    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (dataset, number)
) STRICT, WITHOUT ROWID;

-- The files below arrays/{dataset}/{revision}/, those of a split in {split}/. (A key without rowid
-- cannot hold NULL.)
CREATE TABLE new_array (
    dataset INTEGER NOT NULL,
    split   INTEGER, -- NULL: one for all splits
    feature INTEGER NOT NULL,
    role    TEXT NOT NULL, -- role_name of store/role.h
    bytes   INTEGER NOT NULL CHECK (bytes >= 0), -- of the whole file
    sha256  TEXT NOT NULL CHECK (length(sha256) = 64),
    FOREIGN KEY (dataset, split) REFERENCES split ON DELETE CASCADE,
    FOREIGN KEY (dataset, feature) REFERENCES feature ON DELETE CASCADE
) STRICT;

INSERT INTO new_array SELECT dataset, split, feature, role, bytes, sha256 FROM array;
DROP TABLE array;
ALTER TABLE new_array RENAME TO array;
CREATE UNIQUE INDEX array_key ON array(dataset, feature, role, split);
