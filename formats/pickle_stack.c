// SPDX-License-Identifier: MIT
// The opcodes that move values: the stack, and lists, tuples and dicts made of what lies on it.
#include "formats/pickle_opcodes.h"

// --- the stack

bool pickle_op_mark(struct pickle *pickle)
{
    if (pickle->num_marks == PICKLE_MAX_MARKS)
        return pickle_fail(pickle, "values are nested deeper than %d", PICKLE_MAX_MARKS);
    pickle->marks[pickle->num_marks++] = pickle->depth;
    return true;
}

bool pickle_op_pop(struct pickle *pickle)
{
    if (pickle->num_marks > 0 && pickle->marks[pickle->num_marks - 1] == pickle->depth) {
        pickle->num_marks--;
        return true;
    }
    if (!pickle_peek(pickle, 0))
        return false;
    pickle->depth--;
    return true;
}

bool pickle_op_pop_mark(struct pickle *pickle)
{
    return pickle_pop_mark(pickle, &pickle->depth);
}

bool pickle_op_dup(struct pickle *pickle)
{
    const struct pickle_value *top = pickle_peek(pickle, 0);
    return top && pickle_push(pickle, *top);
}

// --- lists, tuples, dicts

// Pushes new items made of the topmost count values.
static bool push_items(struct pickle *pickle, enum pickle_kind kind, size_t count)
{
    struct pickle_items *items = pickle_new_items(pickle);
    return items && pickle_move(pickle, items, count) &&
           pickle_push(pickle, (struct pickle_value){.kind = kind, .items = items});
}

bool pickle_op_empty_list(struct pickle *pickle)
{
    return push_items(pickle, PICKLE_LIST, 0);
}

bool pickle_op_empty_tuple(struct pickle *pickle)
{
    return push_items(pickle, PICKLE_TUPLE, 0);
}

bool pickle_op_empty_dict(struct pickle *pickle)
{
    return push_items(pickle, PICKLE_DICT, 0);
}

bool pickle_op_tuple1(struct pickle *pickle)
{
    return pickle_peek(pickle, 0) && push_items(pickle, PICKLE_TUPLE, 1);
}

bool pickle_op_tuple2(struct pickle *pickle)
{
    return pickle_peek(pickle, 1) && push_items(pickle, PICKLE_TUPLE, 2);
}

bool pickle_op_tuple3(struct pickle *pickle)
{
    return pickle_peek(pickle, 2) && push_items(pickle, PICKLE_TUPLE, 3);
}

static bool check_pairs(struct pickle *pickle, size_t count)
{
    return count % 2 == 0 || pickle_fail(pickle, "a dict has a key without a value");
}

static bool push_marked(struct pickle *pickle, enum pickle_kind kind)
{
    size_t first;
    if (!pickle_pop_mark(pickle, &first))
        return false;
    size_t count = pickle->depth - first;
    return (kind != PICKLE_DICT || check_pairs(pickle, count)) && push_items(pickle, kind, count);
}

bool pickle_op_list(struct pickle *pickle)
{
    return push_marked(pickle, PICKLE_LIST);
}

bool pickle_op_tuple(struct pickle *pickle)
{
    return push_marked(pickle, PICKLE_TUPLE);
}

bool pickle_op_dict(struct pickle *pickle)
{
    return push_marked(pickle, PICKLE_DICT);
}

// Adds the topmost count values to the list or dict below them.
static bool add(struct pickle *pickle, enum pickle_kind kind, size_t count)
{
    const struct pickle_value *to = pickle_peek(pickle, count);
    if (!to)
        return false;
    if (to->kind != kind)
        return pickle_fail(pickle, "this pickle would add to %s as if it were %s",
                           pickle_kind_name(to->kind), pickle_kind_name(kind));
    return (kind != PICKLE_DICT || check_pairs(pickle, count)) &&
           pickle_move(pickle, to->items, count);
}

static bool add_marked(struct pickle *pickle, enum pickle_kind kind)
{
    size_t first;
    return pickle_pop_mark(pickle, &first) && add(pickle, kind, pickle->depth - first);
}

bool pickle_op_append(struct pickle *pickle)
{
    return add(pickle, PICKLE_LIST, 1);
}

bool pickle_op_appends(struct pickle *pickle)
{
    return add_marked(pickle, PICKLE_LIST);
}

bool pickle_op_setitem(struct pickle *pickle)
{
    return add(pickle, PICKLE_DICT, 2);
}

bool pickle_op_setitems(struct pickle *pickle)
{
    return add_marked(pickle, PICKLE_DICT);
}
