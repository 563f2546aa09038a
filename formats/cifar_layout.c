// SPDX-License-Identifier: MIT
#include "formats/cifar_layout.h"

#include <stdlib.h>
#include <string.h>

#include "formats/naming.h"
#include "formats/source.h"

const struct cifar_layout CIFAR_LAYOUTS[2] = {
    {.known = "cifar10",
     .title = "CIFAR-10",
     .record = 1 + CIFAR_IMAGE,
     .num_labels = 1,
     .labels = {{"label", "batches.meta.txt", "labels", "label_names", 10}}},
    {.known = "cifar100",
     .title = "CIFAR-100",
     .record = 2 + CIFAR_IMAGE,
     .num_labels = 2,
     .labels = {{"coarse_label", "coarse_label_names.txt", "coarse_labels", "coarse_label_names",
                 20},
                {"fine_label", "fine_label_names.txt", "fine_labels", "fine_label_names", 100}}},
};

// N of "data_batch_N" and the ending; 0 for another name.
static unsigned long batch_of(const char *base, const char *ending)
{
    static const char BEGINNING[] = "data_batch_";
    if (strncmp(base, BEGINNING, sizeof BEGINNING - 1) != 0)
        return 0;
    const char *digits = base + sizeof BEGINNING - 1;
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 6 || strcmp(digits + length, ending) != 0)
        return 0;
    return strtoul(digits, NULL, 10);
}

// What a member without an ending is: those of the Python archives have none.
static struct cifar_member python_member_of(const char *base)
{
    struct cifar_member member = {.role = CIFAR_RECORDS, .split = "train", .is_pickle = true};
    member.batch = batch_of(base, "");
    bool is_test = strcmp(base, "test") == 0, is_meta = strcmp(base, "meta") == 0;
    if (is_test || is_meta || strcmp(base, "train") == 0)
        member.layout = &CIFAR_LAYOUTS[1];
    else if (member.batch > 0 || strcmp(base, "test_batch") == 0 ||
             strcmp(base, "batches.meta") == 0)
        member.layout = &CIFAR_LAYOUTS[0];
    else
        return (struct cifar_member){.role = CIFAR_OTHER};
    if (is_test || strcmp(base, "test_batch") == 0)
        member.split = "test";
    if (is_meta || strcmp(base, "batches.meta") == 0)
        member.role = CIFAR_NAMES;
    return member;
}

struct cifar_member cifar_member_of(const char *name)
{
    const char *base = naming_base(name);
    for (size_t i = 0; i < 2; i++)
        for (unsigned j = 0; j < CIFAR_LAYOUTS[i].num_labels; j++)
            if (strcmp(base, CIFAR_LAYOUTS[i].labels[j].names_file) == 0)
                return (struct cifar_member){
                    .role = CIFAR_NAMES, .layout = &CIFAR_LAYOUTS[i], .label = j};
    // CIFAR-100's Python archive holds an editor's copy, "file.txt~".
    if (naming_is_note(name) || naming_ends_in(base, "~"))
        return (struct cifar_member){.role = CIFAR_NOTE};
    if (!naming_ends_in(base, ".bin"))
        return python_member_of(base);
    struct cifar_member member = {.role = CIFAR_RECORDS, .batch = batch_of(base, ".bin")};
    const char *split = member.batch > 0 ? "train" : naming_split(name);
    member.split = split ? split : "all";
    if (member.batch > 0 || strcmp(base, "test_batch.bin") == 0)
        member.layout = &CIFAR_LAYOUTS[0];
    return member;
}

// Whether the byte at a place of a file can be what the layout has there.
static bool is_possible(const struct cifar_layout *layout, uint64_t at, uint8_t byte)
{
    uint64_t within = at % layout->record;
    return within >= layout->num_labels || byte < layout->labels[within].num_classes;
}

bool cifar_layout_fits_size(const struct cifar_layout *layout, uint64_t size)
{
    return size > 0 && size != SOURCE_SIZE_UNKNOWN && size % layout->record == 0;
}

bool cifar_layout_fits(const struct cifar_layout *layout, uint64_t size, const uint8_t *head,
                       size_t head_size)
{
    if (head_size == 0 || (size != SOURCE_SIZE_UNKNOWN && !cifar_layout_fits_size(layout, size)))
        return false;
    for (uint64_t at = 0; at < head_size; at++)
        if (!is_possible(layout, at, head[at]))
            return false;
    return true;
}

// Which layouts are still possible.
struct choice {
    bool named[2];    // a member's name says so
    bool fits[2];     // all records seen so far allow it
    bool sizes[2];    // so do at least the sizes
    size_t num_files; // of records
};

static void look_at(struct choice *choice, const struct source_member *member)
{
    struct cifar_member kind = cifar_member_of(member->name);
    for (size_t i = 0; i < 2; i++)
        choice->named[i] |= kind.layout == &CIFAR_LAYOUTS[i];
    if (kind.role != CIFAR_RECORDS)
        return;
    choice->num_files++;
    if (kind.is_pickle)
        return;
    for (size_t i = 0; i < 2; i++)
        choice->sizes[i] &= cifar_layout_fits_size(&CIFAR_LAYOUTS[i], member->size);
    for (size_t i = 0; i < 2; i++)
        choice->fits[i] = choice->fits[i] && cifar_layout_fits(&CIFAR_LAYOUTS[i], member->size,
                                                               member->head, member->head_size);
}

// Reads the present member whole to see which layouts its labels and its size allow.
static bool scan_member(struct source *source, struct choice *choice, struct error *error)
{
    enum { BLOCK = 64 << 10 };
    uint8_t *block = malloc(BLOCK);
    if (!block)
        return error_memory(error);
    int64_t got;
    while ((got = source_read(source, block, BLOCK, error)) > 0) {
        uint64_t begin = source_offset(source) - (uint64_t)got;
        for (size_t i = 0; i < 2; i++)
            for (int64_t j = 0; choice->fits[i] && j < got; j++)
                choice->fits[i] = is_possible(&CIFAR_LAYOUTS[i], begin + (uint64_t)j, block[j]);
    }
    free(block);
    for (size_t i = 0; i < 2; i++)
        choice->fits[i] = choice->fits[i] && source_offset(source) % CIFAR_LAYOUTS[i].record == 0;
    return got == 0;
}

// Reads all members: needed when only their beginnings were seen and both layouts are possible.
static bool scan(struct source *source, struct choice *choice, struct error *error)
{
    struct source_member member;
    enum source_step step;
    while ((step = source_next(source, &member, error)) == SOURCE_MEMBER) {
        look_at(choice, &member);
        if (cifar_member_of(member.name).role == CIFAR_RECORDS && choice->fits[0] &&
            choice->fits[1] && !scan_member(source, choice, error))
            return false;
    }
    return step == SOURCE_END && source_rewind(source, error);
}

const struct cifar_layout *cifar_layout_choose(struct source *source, const char *dataset,
                                               struct error *error)
{
    struct choice choice = {.fits = {true, true}, .sizes = {true, true}};
    const char *name = "the source";
    for (size_t i = source_num_glimpsed(source); i-- > 0;) {
        const struct source_member *member = source_glimpsed(source, i);
        look_at(&choice, member);
        if (cifar_member_of(member->name).role == CIFAR_RECORDS)
            name = member->name;
    }
    bool is_open = !choice.named[0] && !choice.named[1] && choice.fits[0] == choice.fits[1];
    if (is_open && choice.fits[0] && !scan(source, &choice, error))
        return NULL;

    if (choice.named[0] && choice.named[1]) {
        error_set(error, ERROR_INPUT,
                  "holds files of CIFAR-10 and of CIFAR-100; add one dataset at a "
                  "time");
        return NULL;
    }
    if (choice.num_files == 0 && source_glimpsed_all(source)) {
        error_set(error, ERROR_INPUT, "there is no file with records");
        return NULL;
    }
    for (size_t i = 0; i < 2; i++)
        if (choice.named[i])
            return &CIFAR_LAYOUTS[i];
    if (choice.fits[0] != choice.fits[1])
        return &CIFAR_LAYOUTS[choice.fits[0] ? 0 : 1];
    // A wrong label is better shown by the layout that the size leaves.
    if (!choice.fits[0] && choice.sizes[0] != choice.sizes[1])
        return &CIFAR_LAYOUTS[choice.sizes[0] ? 0 : 1];
    if (!choice.fits[0]) {
        error_set(error, ERROR_INPUT,
                  "%s: holds neither CIFAR-10's records (%zu bytes, the first a label from 0 to 9) "
                  "nor CIFAR-100's (%zu bytes, a label from 0 to 19, one from 0 to 99)",
                  name, CIFAR_LAYOUTS[0].record, CIFAR_LAYOUTS[1].record);
        return NULL;
    }
    for (size_t i = 0; i < 2; i++)
        if (dataset && strcmp(dataset, CIFAR_LAYOUTS[i].known) == 0)
            return &CIFAR_LAYOUTS[i];
    error_set(error, ERROR_INPUT,
              "the .bin files could be CIFAR-10's or CIFAR-100's; name the dataset "
              "cifar10 or cifar100, or add the files with the names of the classes");
    return NULL;
}
