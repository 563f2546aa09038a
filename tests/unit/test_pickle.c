// SPDX-License-Identifier: MIT
// Pickles by Python's own hand (pickle_cases.py), and others by ours that lie, bomb or would run
// something.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "formats/pickle.h"
#include "tests/unit/failing.h"

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

struct pickle_case {
    const char *name;
    const uint8_t *bytes;
    size_t size;
    const char *value;
};

static const struct pickle_case CASES[] = {
#include "tests/unit/pickle_cases.h"
};

enum { NUM_CASES = sizeof CASES / sizeof *CASES };

static void show(struct buffer *out, const struct pickle_value *value);

static void show_items(struct buffer *out, const char *ends, const struct pickle_items *items,
                       bool is_dict)
{
    buffer_byte(out, ends[0]);
    for (size_t i = 0; i < items->count; i++) {
        if (i > 0)
            buffer_byte(out, is_dict && i % 2 == 1 ? ':' : ',');
        show(out, &items->values[i]);
    }
    buffer_byte(out, ends[1]);
}

static void show_array(struct buffer *out, const struct pickle_array *array)
{
    buffer_string(out, array->objects ? "objects[" : dtype_name(array->type.dtype));
    if (!array->objects)
        buffer_byte(out, '[');
    for (unsigned i = 0; i < array->rank; i++)
        buffer_printf(out, "%s%llu", i > 0 ? ", " : "", (unsigned long long)array->shape[i]);
    buffer_byte(out, ']');
    if (array->objects) {
        show_items(out, "[]", array->objects, false);
        return;
    }
    buffer_printf(out, "%s%s ", array->is_fortran ? "F" : "C", array->type.is_swapped ? ">" : "");
    for (size_t i = 0; i < array->count * array->type.item; i++)
        buffer_printf(out, "%02x", array->data[i]);
}

static void show(struct buffer *out, const struct pickle_value *value)
{
    switch (value->kind) {
    case PICKLE_NONE:
        buffer_string(out, "None");
        break;
    case PICKLE_BOOL:
        buffer_string(out, value->integer ? "True" : "False");
        break;
    case PICKLE_INT:
        buffer_printf(out, "%lld", (long long)value->integer);
        break;
    case PICKLE_FLOAT:
        buffer_printf(out, "%.17g", value->real);
        break;
    case PICKLE_STR:
        buffer_printf(out, "'%.*s'", (int)value->size, (const char *)value->bytes);
        break;
    case PICKLE_BYTES:
        buffer_byte(out, 'b');
        for (uint32_t i = 0; i < value->size; i++)
            buffer_printf(out, "%02x", value->bytes[i]);
        break;
    case PICKLE_LIST:
        show_items(out, "[]", value->items, false);
        break;
    case PICKLE_TUPLE:
        show_items(out, "()", value->items, false);
        break;
    case PICKLE_DICT:
        show_items(out, "{}", value->items, true);
        break;
    case PICKLE_ARRAY:
        show_array(out, value->array);
        break;
    case PICKLE_DTYPE:
    case PICKLE_GLOBAL:
        buffer_string(out, pickle_kind_name(value->kind));
        break;
    }
}

// Reads a copy in a block of its very size.
static struct pickle *read_copy(const uint8_t *bytes, size_t size, uint8_t **copy,
                                struct error *error)
{
    *copy = test_malloc(size);
    memcpy(*copy, bytes, size);
    return pickle_read(*copy, size, 0, error);
}

static void reads_what_python_writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_CASES; i++) {
        struct error error = ERROR_INIT;
        uint8_t *copy;
        struct pickle *pickle = read_copy(CASES[i].bytes, CASES[i].size, &copy, &error);
        if (!pickle)
            fail_msg("%s: %s", CASES[i].name, error.text);
        struct buffer text = BUFFER_INIT;
        show(&text, pickle_root(pickle));
        if (strcmp(buffer_text(&text), CASES[i].value) != 0)
            fail_msg("%s: %s", CASES[i].name, text.data);
        buffer_free(&text);
        pickle_free(pickle);
        test_free(copy);
    }
}

// No pickle is whole before its last byte.
static void refuses_every_beginning(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_CASES; i++)
        for (size_t size = 0; size < CASES[i].size; size++) {
            struct error error = ERROR_INIT;
            uint8_t *copy;
            struct pickle *pickle = read_copy(CASES[i].bytes, size, &copy, &error);
            if (pickle || error.kind != ERROR_INPUT)
                fail_msg("%s: %zu bytes: %s", CASES[i].name, size, error.text);
            test_free(copy);
        }
}

static void refuses(void **state)
{
    static const struct pickle_case WRONG[] = {
        {"os.system", BYTES("cos\nsystem\n(S'echo'\ntR."),
         "byte 0: this pickle would run os.system; only plain data and numpy arrays are read"},
        {"posix.system, protocol 4",
         BYTES("\200\004\214\005posix\214\006system\223\214\002ls\205R."),
         "byte 17: this pickle would run posix.system; only plain data and numpy arrays are read"},
        {"eval", BYTES("c__builtin__\neval\n(S'1'\ntR."),
         "byte 0: this pickle would run __builtin__.eval; only plain data and numpy arrays are "
         "read"},
        {"a name to confuse", BYTES("cnumpy\ndtype\033[2J\n."),
         "byte 0: this pickle would run numpy.dtype?[2J; only plain data and numpy arrays are "
         "read"},
        {"a long name",
         BYTES("cnumpy.core.multiarray._reconstruct.and.then.a.lot.more.of.it.that."
               "nobody.wants.to.read\nx\n."),
         "byte 0: this pickle would run numpy.core.multiarray._reconstruct.and.then.a.lot.more.of."
         "it.that.nobody.wants..x; only plain data and numpy arrays are read"},
        {"INST", BYTES("(S'echo'\nios\nsystem\n."),
         "byte 9: this pickle would run os.system; only plain data and numpy arrays are read"},
        {"INST of a known name", BYTES("(inumpy\nndarray\n."),
         "byte 1: this pickle would make an object of numpy.ndarray; only plain data and numpy "
         "arrays are read"},
        {"OBJ", BYTES("(cnumpy\nndarray\no."),
         "byte 16: this pickle would make an object of a class; only plain data and numpy arrays "
         "are read"},
        {"NEWOBJ", BYTES("\200\002cnumpy\nndarray\n)\201."),
         "byte 18: this pickle would make an object of a class; only plain data and numpy arrays "
         "are read"},
        {"NEWOBJ_EX", BYTES("\200\004cnumpy\nndarray\n)}\222."),
         "byte 19: this pickle would make an object of a class; only plain data and numpy arrays "
         "are read"},
        {"EXT1", BYTES("\200\002\202\001."),
         "byte 2: this pickle would look up a class in Python's copyreg; only plain data and numpy "
         "arrays are read"},
        {"PERSID", BYTES("Pabc\n."),
         "byte 0: this pickle refers to something outside of it (a persistent id)"},
        {"NEXT_BUFFER", BYTES("\200\005\227."),
         "byte 2: this pickle refers to something outside of it (a persistent id)"},
        {"a set", BYTES("\200\004\217."),
         "byte 2: this pickle holds a set; only lists, tuples, dicts and numpy arrays are read"},
        {"BUILD of a dict", BYTES("}}b."),
         "byte 2: this pickle would set the state of a dict by a dict"},
        {"REDUCE of a text", BYTES("S'eval'\n)R."), "byte 9: this pickle would call bytes"},
        {"REDUCE without a tuple", BYTES("cnumpy\ndtype\nNR."),
         "byte 14: this pickle would call numpy.dtype with None instead of a tuple"},
        {"ndarray called", BYTES("cnumpy\nndarray\n)R."),
         "byte 16: this pickle would call numpy.ndarray, which is read only as an argument of "
         "_reconstruct"},
        {"encode by another code", BYTES("c_codecs\nencode\n(Vabc\nS'rot13'\ntR."),
         "byte 32: _codecs.encode is read only as a way to write bytes (latin1)"},
        {"a wide text as bytes", BYTES("c_codecs\nencode\n(V\\u20ac\nS'latin1'\ntR."),
         "byte 36: a text that stands for bytes has a character past U+00FF"},
        {"dtype of records", BYTES("cnumpy\ndtype\n(S'V8'\ntR."),
         "byte 21: the values are of type \"V8\", raw bytes or records; what can be read: bool, "
         "whole numbers of 8 to 64 bits, floats of 16 to 64 bits"},
        {"array of too little",
         BYTES("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n("
               "I3\ntcnumpy\n"
               "dtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\nS'ab'\ntb."),
         "byte 137: an array has 2 bytes, but its shape needs 3"},
        {"array of an immense shape",
         BYTES("cnumpy.core.numeric\n_frombuffer\n(S''\ncnumpy\ndtype\n(S'f8'\ntR(L4294967296L\n"
               "L4294967296L\nI2\ntS'C'\ntR."),
         "byte 96: an array claims a shape that is too large"},
        {"empty", BYTES(""), "byte 0: the pickle ends without its last opcode: it was cut short"},
        {"an unknown opcode", BYTES("\377."), "byte 0: 0xff is no opcode of pickle"},
        {"something behind", BYTES("N.N."), "byte 1: the pickle ends here, but 2 bytes follow"},
        {"nothing", BYTES("."), "byte 0: the stack is empty where a value is needed"},
        {"two values", BYTES("NN."),
         "byte 2: the pickle ends with 2 values on the stack instead of one"},
        {"protocol 6", BYTES("\200\006N."), "byte 0: protocol 6 is not known; 0 to 5 are read"},
        {"protocol twice", BYTES("\200\002N\200\002."),
         "byte 3: the protocol is named in the midst of the pickle"},
        {"a frame of too much", BYTES("\200\004\225\005\0\0\0\0\0\0\0N."),
         "byte 2: a frame claims 5 bytes, but there are 2 left"},
        {"a frame in a frame", BYTES("\200\004\225\013\0\0\0\0\0\0\0\225\001\0\0\0\0\0\0\0N."),
         "byte 11: a frame begins inside another"},
        {"across a frame's end", BYTES("\200\004\225\002\0\0\0\0\0\0\0\214\004abcd."),
         "byte 11: 4 bytes should follow, but there are 0 in this frame"},
        {"bytes that are not there", BYTES("\200\004\216\377\377\377\377\377\377\377\377abc."),
         "byte 2: 18446744073709551615 bytes should follow, but there are 4 left"},
        {"not UTF-8", BYTES("X\002\0\0\0\303(."), "byte 0: a text is not UTF-8"},
        {"a wide integer", BYTES("\200\002\212\011\0\0\0\0\0\0\0\0\001."),
         "byte 2: a whole number has 9 bytes; at most 8 are read"},
        {"a wide decimal", BYTES("L9223372036854775808L\n."),
         "byte 0: a whole number of at most 64 bits should follow"},
        {"no number", BYTES("I0x10\n."), "byte 0: a whole number of at most 64 bits should follow"},
        {"no float", BYTES("F0x1p3\n."), "byte 0: a number should follow"},
        {"no memo", BYTES("h\005."), "byte 0: there is no value of the number 5"},
        {"a negative number for the memo", BYTES("Np-1\n."),
         "byte 1: a number from 0 to 2^32 - 1 should follow"},
        {"APPEND to a tuple", BYTES(")Na."),
         "byte 2: this pickle would add to a tuple as if it were a list"},
        {"SETITEMS of an odd number", BYTES("}(NNNu."), "byte 5: a dict has a key without a value"},
        {"below a mark", BYTES("](Na."), "byte 3: the stack is empty where a value is needed"},
        {"no mark", BYTES("Nt."), "byte 1: there is no mark on the stack where one is needed"},
        {"a backslash", BYTES("S'\\q'\n."), "byte 0: a text has a '\\' that means nothing"},
        {"no quotes", BYTES("Sabc\n."), "byte 0: a text should follow in quotes"},
        {"half a character", BYTES("V\\ud800\n."),
         "byte 0: a text has an escape that is no character"},
    };
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct error error = ERROR_INIT;
        uint8_t *copy;
        struct pickle *pickle = read_copy(WRONG[i].bytes, WRONG[i].size, &copy, &error);
        if (pickle || strcmp(error.text, WRONG[i].value) != 0) {
            print_error("%s: %s\n", WRONG[i].name, error.text);
            wrong++;
        }
        test_free(copy);
    }
    assert_int_equal(wrong, 0);
}

// `unit` again and again, then `end`.
static void check_bomb(const char *name, const char *start, const char *unit, size_t times,
                       const char *end, enum error_kind kind, const char *expected)
{
    struct buffer bomb = BUFFER_INIT;
    struct error error = ERROR_INIT;
    buffer_string(&bomb, start);
    for (size_t i = 0; i < times; i++)
        buffer_string(&bomb, unit);
    buffer_string(&bomb, end);
    struct pickle *pickle = pickle_read((uint8_t *)bomb.data, bomb.size, 0, &error);
    if (!!pickle != (kind == ERROR_NONE) || error.kind != kind || !strstr(error.text, expected))
        fail_msg("%s: %s", name, error.text);
    pickle_free(pickle);
    buffer_free(&bomb);
}

static void bounds_bombs(void **state)
{
    (void)state;
    check_bomb("marks", "", "(", 1001, "", ERROR_INPUT, "nested deeper than 1000");
    // Lists in lists: deep, but of no harm to a machine that does not recur.
    check_bomb("deep", "", "]", 100000, "0.", ERROR_INPUT, "99999 values on the stack");
    check_bomb("tuples in tuples", "N", "\205", 1000000, ".", ERROR_NONE, "");
    check_bomb("lists", "", "]", 20 << 20, ".", ERROR_LIMIT, "more than 256 MiB of memory");
    // Each line doubles: a list of two references to the one before.
    check_bomb("laughs", "]", "2\206", 1000, ".", ERROR_NONE, "");
    check_bomb("dup", "N", "2", 20 << 20, ".", ERROR_LIMIT, "more than 256 MiB of memory");
    check_bomb("encode", "c_codecs\nencode\nq\0010Vx\nq\0020S'latin1'\nq\0030",
               "h\001h\002h\003\206R0", 1000, "N.", ERROR_NONE, "");
}

// The same text turned into bytes again and again costs more than it should.
static void bounds_work(void **state)
{
    (void)state;
    struct buffer bomb = BUFFER_INIT;
    struct error error = ERROR_INIT;
    buffer_string(&bomb, "c_codecs\nencode\nq\0010V");
    for (size_t i = 0; i < 100000; i++)
        buffer_byte(&bomb, '\xe9');
    buffer_string(&bomb, "\nq\0020S'latin1'\nq\0030");
    for (size_t i = 0; i < 1000; i++)
        buffer_string(&bomb, "h\001h\002h\003\206R0");
    buffer_string(&bomb, "N.");
    assert_null(pickle_read((uint8_t *)bomb.data, bomb.size, 0, &error));
    assert_non_null(strstr(error.text, "more than 64 steps a byte"));
    buffer_free(&bomb);
}

// Numbers of the memo that all fall on one place of its table.
static void bounds_collisions(void **state)
{
    (void)state;
    struct buffer bomb = BUFFER_INIT;
    struct error error = ERROR_INIT;
    buffer_byte(&bomb, 'N');
    uint32_t found = 0;
    for (uint64_t key = 1; key <= UINT32_MAX && found < 20000; key++)
        if (((key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & 0x7fff) == 7) {
            uint32_t number = (uint32_t)(key - 1);
            buffer_byte(&bomb, 'r');
            buffer_append(&bomb, &number, 4);
            found++;
        }
    buffer_byte(&bomb, '.');
    assert_null(pickle_read((uint8_t *)bomb.data, bomb.size, 0, &error));
    assert_non_null(strstr(error.text, "more than 64 steps a byte"));
    buffer_free(&bomb);
}

static void survives_failing_allocations(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_CASES; i++)
        for (unsigned long n = 1; n < 1000; n++) {
            struct error error = ERROR_INIT;
            failing_nth(n);
            struct pickle *pickle = pickle_read(CASES[i].bytes, CASES[i].size, 0, &error);
            bool happened = failing_happened();
            failing_nth(0);
            assert_int_equal(error.kind, happened ? ERROR_MEMORY : ERROR_NONE);
            assert_int_equal(!pickle, happened);
            pickle_free(pickle);
            if (!happened)
                break;
        }
}

static void finds_keys(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    static const char TEXT[] = "(dS'a'\nI1\nsVb\nI2\nsS'a'\nI3\ns.";
    struct pickle *pickle = pickle_read((const uint8_t *)TEXT, sizeof TEXT - 1, 0, &error);
    assert_non_null(pickle);
    const struct pickle_value *root = pickle_root(pickle);
    assert_int_equal(pickle_get(root, "a")->integer, 3);
    assert_int_equal(pickle_get(root, "b")->integer, 2);
    assert_null(pickle_get(root, "c"));
    assert_null(pickle_get(pickle_get(root, "a"), "a"));
    pickle_free(pickle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_python_writes),
        cmocka_unit_test(refuses_every_beginning),
        cmocka_unit_test(refuses),
        cmocka_unit_test(bounds_bombs),
        cmocka_unit_test(bounds_work),
        cmocka_unit_test(bounds_collisions),
        cmocka_unit_test(survives_failing_allocations),
        cmocka_unit_test(finds_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
