// SPDX-License-Identifier: MIT
// A zip archive says everything twice: in the list at its end and before each entry. An honest one
// says the same both times; one that does not shows different readers different things. This is
// looked at before the archive is read (PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3).
#ifndef SAMPLECASE_FORMATS_ZIP_CHECK_H
#define SAMPLECASE_FORMATS_ZIP_CHECK_H

#include "formats/packed.h"

// Checks that the list reaches from where it says to the end of the file, that each entry begins
// with the same name, method, size and checksum as the list gives it, and that no two entries share
// bytes. At most max_entries are taken. False with the error.
bool zip_check(struct packed *packed, uint64_t max_entries, struct error *error);

#endif
