// SPDX-License-Identifier: MIT
// The request path without a socket: guard, route, parameters, selection, handlers, problems, over
// small datasets: "d" of rows, "r" of texts, tokens and pictures that are none. The input is a
// request's head as it comes: "METHOD target\nName: value\n…".
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/answer.h"
#include "server/negotiate.h"
#include "server/openapi.h"
#include "server/request_guard.h"
#include "store/folder.h"
#include "store/library.h"
#include "store/writer.h"
#include "tests/unit/scratch_ragged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder_name[] = "/tmp/samplecase-fuzz-XXXXXX";
static struct site site = {.base_path = "", .any_host = true};

static void insist(bool right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "fuzz_request: %s\n", what);
    abort();
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void clean_up(void)
{
    library_close(site.library);
    site_file_clear(&site.openapi);
    nftw(folder_name, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int declare(struct writer *writer, struct feature feature, struct error *error)
{
    int index = writer_feature(writer, &feature, error);
    insist(index >= 0, error->text);
    return index;
}

// A dataset "d" with an image, a class with a parent, a scalar and an array, in two splits.
static void write_dataset(struct writer *writer, struct error *error)
{
    char image_name[] = "image", coarse_name[] = "coarse", fine_name[] = "fine name",
         scalar_name[] = "x<y", array_name[] = "array";
    const struct feature image = {.name = image_name, .kind = FEATURE_IMAGE, .dtype = DTYPE_UINT8,
                                  .rank = 3, .shape = {4, 3, 3}, .white = 255, .parent = -1};
    const struct feature coarse = {.name = coarse_name, .kind = FEATURE_CLASS,
                                   .dtype = DTYPE_UINT8, .parent = -1, .target = true};
    const struct feature scalar = {.name = scalar_name, .kind = FEATURE_SCALAR,
                                   .dtype = DTYPE_FLOAT64, .parent = -1};
    const struct feature array = {.name = array_name, .kind = FEATURE_ARRAY, .dtype = DTYPE_FLOAT32,
                                  .rank = 2, .shape = {2, 2}, .parent = -1};
    int images = declare(writer, image, error), parents = declare(writer, coarse, error);
    const struct feature fine = {.name = fine_name, .kind = FEATURE_CLASS, .dtype = DTYPE_INT32,
                                 .parent = parents};
    int labels = declare(writer, fine, error), scalars = declare(writer, scalar, error),
        arrays = declare(writer, array, error);
    for (int id = 0; id < 5; id++) {
        char text[] = "fine A";
        text[5] = (char)('A' + id);
        insist(id > 1 || writer_class(writer, parents, id ? "b\"" : "a", -1, error), error->text);
        insist(writer_class(writer, labels, text, id % 2, error), error->text);
    }
    for (int part = 0; part < 2; part++) {
        int split = writer_split(writer, part ? "test" : "train", error);
        for (int i = 0; i < 40 - part * 20; i++) {
            uint8_t pixels[36], parent = (uint8_t)(i % 5 % 2);
            int32_t label = i % 5;
            double number = i / 8.0;
            const float matrix[4] = {(float)i, 0.1f, -1, 3e20f};
            memset(pixels, i, sizeof pixels);
            insist(writer_append(writer, split, images, pixels, 1, error) &&
                       writer_append(writer, split, parents, &parent, 1, error) &&
                       writer_append(writer, split, labels, &label, 1, error) &&
                       writer_append(writer, split, scalars, &number, 1, error) &&
                       writer_append(writer, split, arrays, matrix, 1, error),
                   error->text);
        }
    }
}

static void set_up(void)
{
    struct error error = ERROR_INIT;
    struct writer_result result;
    insist(mkdtemp(folder_name) != NULL, "no temporary folder");
    struct folder *folder = folder_open(folder_name, FOLDER_WRITE, &error);
    insist(folder != NULL, error.text);
    struct writer *writer =
        writer_new(folder, &(struct writer_options){.name = "d"}, &error);
    insist(writer != NULL, error.text);
    write_dataset(writer, &error);
    insist(writer_commit(writer, &result, &error), error.text);
    writer_free(writer);
    insist(ragged_import(folder, "r", false, &result, &error), error.text);
    folder_close(folder);
    site.library = library_open(folder_name, NULL, NULL, &error);
    insist(site.library != NULL, error.text);
    insist(openapi_write(&site.openapi.text, "") && site_file_finish(&site.openapi),
           "no openapi document");
    atexit(clean_up);
}

// Splits the next line off the text; NULL at its end.
static char *next_line(char **at)
{
    char *line = *at;
    if (!line)
        return NULL;
    char *end = strchr(line, '\n');
    if (end)
        *end = '\0';
    *at = end ? end + 1 : NULL;
    return line;
}

static void take_field(char *line, struct request_guard *guard, struct header_fields *fields)
{
    char *colon = strchr(line, ':');
    const char *value = colon ? colon + 1 + (colon[1] == ' ') : NULL;
    if (colon)
        *colon = '\0';
    request_guard_field(guard, line, strlen(line), value);
    if (strcmp(line, "If-None-Match") == 0)
        fields->if_none_match = value;
    if (strcmp(line, "Accept-Encoding") == 0)
        fields->accept_encoding = value;
    if (strcmp(line, "Range") == 0)
        fields->range = value;
    if (strcmp(line, "If-Range") == 0)
        fields->if_range = value;
}

static void check_response(const struct response *response)
{
    insist(response->status >= 200 && response->status < 600, "a status that is none");
    if (response->body != BODY_BUFFER || !response->buffer.data)
        return;
    if (strcmp(response->content_type, "application/json") == 0 ||
        strcmp(response->content_type, "application/problem+json") == 0) {
        json_error_t error;
        json_t *document = json_loadb(response->buffer.data, response->buffer.size,
                                      JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        insist(document != NULL, error.text);
        json_decref(document);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!site.library)
        set_up();
    char *text = malloc(size + 1);
    insist(text != NULL, "no memory");
    memcpy(text, data, size);
    text[size] = '\0';
    char *at = text, *method = next_line(&at), *target = strchr(method, ' ');
    if (target) {
        *target++ = '\0';
        struct request_guard guard = {.method = method, .target = target};
        struct header_fields fields = {.origin = NULL};
        for (char *line = next_line(&at); line; line = next_line(&at))
            take_field(line, &guard, &fields);
        struct problem problem = PROBLEM_INIT;
        struct response response = RESPONSE_INIT;
        if (request_guard_check(&guard, &site, &problem))
            answer_request(&site,
                           &(struct answer_input){.method = method, .target = target,
                                                  .fields = fields},
                           &response);
        else
            answer_problem(&problem, &response);
        check_response(&response);
        uint64_t first = 0, last = 0;
        if (negotiate_range(fields.range, fields.if_range, response.etag, 100, &first, &last) ==
            RANGE_PART)
            insist(first <= last && last < 100, "a range past the end");
        negotiate_gzip(fields.accept_encoding);
        response_clear(&response);
        problem_clear(&problem);
    }
    free(text);
    return 0;
}
