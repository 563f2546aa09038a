// SPDX-License-Identifier: MIT
#include "store/group.h"

#include <string.h>

struct group group_of_class(struct dataset *dataset, int split, int feature, long id)
{
    const struct class_index *index = dataset_class_index(dataset, split, feature);
    return (struct group){
        .dataset = dataset,
        .rows = index->by_class.rows + index->starts[id] * sizeof(int64_t),
        .count = class_index_count(index, id),
        .num_samples = index->by_class.num_rows,
    };
}

uint64_t group_at(const struct group *group, uint64_t i)
{
    int64_t index;
    memcpy(&index, group->rows + i * sizeof index, sizeof index);
    if (index >= 0 && (uint64_t)index < group->num_samples)
        return (uint64_t)index;
    dataset_mark_damaged(group->dataset,
                         "a class index names samples that do not exist; samplecase "
                         "verify says which");
    return 0;
}

// How many entries of the group are below `index`.
static uint64_t rank(const struct group *group, uint64_t index)
{
    uint64_t low = 0, high = group->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (group_at(group, middle) < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The sample at that place of the union: the first that has more than `place` entries up to it.
static uint64_t nth(const struct group *groups, size_t num_groups, uint64_t place)
{
    uint64_t low = 0, high = groups[0].num_samples;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2, below = 0;
        for (size_t i = 0; i < num_groups; i++)
            below += rank(&groups[i], middle + 1);
        if (below > place)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void group_merge(const struct group *groups, size_t num_groups, uint64_t from, uint64_t count,
                 uint64_t *out)
{
    uint64_t places[GROUP_MAX_MERGED], heads[GROUP_MAX_MERGED]; // the next entry of each group
    uint64_t first = nth(groups, num_groups, from);
    for (size_t i = 0; i < num_groups; i++) {
        places[i] = rank(&groups[i], first);
        heads[i] = places[i] < groups[i].count ? group_at(&groups[i], places[i]) : UINT64_MAX;
    }
    for (uint64_t i = 0; i < count; i++) {
        size_t least = 0;
        for (size_t j = 1; j < num_groups; j++)
            if (heads[j] < heads[least])
                least = j;
        // A damaged index may end early; its dataset is marked, and its samples are not served.
        out[i] = heads[least] == UINT64_MAX ? 0 : heads[least];
        if (heads[least] != UINT64_MAX && ++places[least] < groups[least].count)
            heads[least] = group_at(&groups[least], places[least]);
        else
            heads[least] = UINT64_MAX;
    }
}
