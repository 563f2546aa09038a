// SPDX-License-Identifier: MIT
#include "server/routes.h"

#include "server/batch.h"
#include "server/selection_args.h"
#include "server/text_json.h"

#define END {NULL, PARAM_TEXT, 0, 0, NULL, NULL, NULL}
#define DATASET {"dataset", PARAM_TEXT, 0, 0, NULL, NULL, "the dataset's name"}
#define SPLIT {"split", PARAM_TEXT, 0, 0, NULL, NULL, "the split; default: train, else the first"}
#define INDEX {"index", PARAM_NUMBER, 0, UINT64_MAX, NULL, NULL, "the sample's place in its split"}
#define FEATURE {"feature", PARAM_TEXT, 0, 0, NULL, NULL, "the feature's name"}
#define FEATURES \
    {"features", PARAM_NAMES, 0, 0, NULL, NULL, "only these features, separated by commas"}
#define REV                                                                               \
    {"rev", PARAM_TEXT, 0, 0, NULL, NULL,                                                 \
     "the revision that is meant: cacheable for ever; 410 when it is not current"}
#define TOKEN_FEATURE                                                                     \
    {"feature", PARAM_TEXT, 0, 0, NULL, NULL,                                             \
     "the token feature; default: the first that has words"}
#define SCALE                                                                             \
    {"scale", PARAM_NUMBER, 1, 16, "1", NULL, "enlarges each pixel to a square of this side"}

static const struct param DATASETS[] = {
    {"offset", PARAM_NUMBER, 0, UINT64_MAX, "0", NULL, "datasets to skip"},
    {"limit", PARAM_NUMBER, 1, 1000, "100", NULL, "most datasets to answer with"},
    END,
};
static const struct param ONE_DATASET[] = {DATASET, REV, END};
static const struct param CLASSES[] = {
    DATASET,
    {"feature", PARAM_TEXT, 0, 0, NULL, NULL,
     "the class feature; default: label, else the finest"},
    REV,
    END,
};
static const struct param SAMPLES[] = {
    DATASET,
    SELECTION_PARAMS("100", 1000, ""),
    FEATURES,
    TEXT_MAX_CHARS("2000"),
    END,
};
static const struct param ONE_SAMPLE[] = {DATASET, INDEX, SPLIT, FEATURES, TEXT_MAX_CHARS(NULL),
                                          REV, END};
static const struct param PNG[] = {
    DATASET,
    INDEX,
    FEATURE,
    SPLIT,
    SCALE,
    {"size", PARAM_NUMBER, 1, 4096, NULL, NULL,
     "bounds the longer side before scale: a thumbnail"},
    REV,
    END,
};
static const struct param IMAGE_FILE[] = {DATASET, INDEX, FEATURE, SPLIT, REV, END};
static const struct param SHEET[] = {
    DATASET,
    SELECTION_PARAMS("100", 1000, ""),
    {"feature", PARAM_TEXT, 0, 0, NULL, NULL, "the image feature; default: the first"},
    {"columns", PARAM_NUMBER, 1, 1000, "10", NULL, "tiles in a row"},
    SCALE,
    {"size", PARAM_NUMBER, 1, 1024, NULL, NULL,
     "bounds the longer side of a tile; images of mixed sizes: the side of all tiles, else 64"},
    END,
};
static const struct param BATCH[] = {
    DATASET,
    SELECTION_PARAMS("256", BATCH_MAX_SAMPLES,
                     "; an answer has at most 65,536 samples and 256 MiB"),
    FEATURES,
    {"format", PARAM_CHOICE, 0, 0, "safetensors", "safetensors|npz|npy|ndjson|csv",
     "of the answer; npy has room for one feature"},
    {"padding", PARAM_CHOICE, 0, 0, NULL, "pre|post",
     "token ids as a matrix: shorter samples are filled up with 0 before (pre) or behind them"},
    {"truncating", PARAM_CHOICE, 0, 0, NULL, "pre|post",
     "token ids as a matrix: longer samples lose ids at their beginning (pre) or end"},
    {"max_tokens", PARAM_NUMBER, 1, 1000000, NULL, NULL,
     "token ids as a matrix of so many columns; default: the longest sample of the batch"},
    END,
};
static const struct param ARRAY[] = {
    DATASET, {"split", PARAM_TEXT, 0, 0, NULL, NULL, "the split"}, FEATURE, REV, END,
};
static const struct param WORD_INDEX[] = {DATASET, TOKEN_FEATURE, REV, END};
static const struct param VOCABULARY[] = {
    DATASET,
    {"prefix", PARAM_TEXT, 0, 0, NULL, NULL, "only words that begin with this"},
    {"offset", PARAM_NUMBER, 0, UINT64_MAX, "0", NULL, "words to skip"},
    {"limit", PARAM_NUMBER, 1, 1000, "100", NULL, "most words to answer with"},
    TOKEN_FEATURE,
    REV,
    END,
};
static const struct param GALLERY[] = {
    {"name", PARAM_TEXT, 0, 0, NULL, NULL, "the dataset's name"},
    END,
};
static const struct param STATIC[] = {
    {"file", PARAM_TEXT, 0, 0, NULL, NULL, "the file's name"},
    END,
};

static const char JSON[] = "application/json";
static const char BATCHES[] = "application/octet-stream|application/x-ndjson|text/csv";
static const char HTML[] = "text/html; charset=utf-8";

const struct route ROUTES[] = {
    {"GET", "/healthz", NULL, ROUTE_OPEN, site_health, JSON, "status", "Is the server alive?"},
    {"GET", "/datasets/{dataset}/samples/{index}/{feature}.png", PNG, ROUTE_REVISION, images_png,
     "image/png", "the image, lossless", "The image of one sample"},
    {"GET", "/datasets/{dataset}/samples/{index}/{feature}", IMAGE_FILE, ROUTE_REVISION,
     images_file, "image/*", "the image's file as it came; Range is answered",
     "The file of one image, of those that are kept encoded"},
    {"GET", "/datasets/{dataset}/samples", SAMPLES, ROUTE_FILTERS | ROUTE_REVISION, samples_page,
     JSON, "a page of samples", "Samples: page, filter by class, shuffle, pick"},
    {"GET", "/datasets/{dataset}/samples/{index}", ONE_SAMPLE, ROUTE_REVISION, samples_one, JSON,
     "the sample", "One sample"},
    {"GET", "/datasets/{dataset}/batch", BATCH, ROUTE_FILTERS | ROUTE_REVISION, batch_answer,
     BATCHES, "the samples in the format that was asked for",
     "A batch of samples for training"},
    {"POST", "/datasets/{dataset}/batch", BATCH, ROUTE_FILTERS | ROUTE_BODY, batch_answer,
     BATCHES, "the samples in the format that was asked for",
     "A batch of samples for training, its parameters in a JSON body"},
    {"GET", "/datasets/{dataset}/sheet.png", SHEET, ROUTE_FILTERS | ROUTE_REVISION, images_sheet,
     "image/png", "tiles row by row, touching, without border",
     "A contact sheet of the selected image samples"},
    {"GET", "/datasets/{dataset}/arrays/{split}/{feature}.npy", ARRAY, ROUTE_REVISION, arrays_npy,
     "application/octet-stream", "the stored .npy file; Range is answered",
     "A whole stored array; {feature}.by_class: sample indices grouped by class; of what has no "
     "rows: {feature}.values and {feature}.offsets"},
    {"GET", "/datasets/{dataset}/word_index.json", WORD_INDEX, ROUTE_REVISION,
     vocabulary_word_index, JSON, "an object: each word with its rank",
     "Keras's word index of a token feature"},
    {"GET", "/datasets/{dataset}/vocabulary", VOCABULARY, ROUTE_REVISION, vocabulary_page, JSON,
     "words with rank and count, by rank", "The words of a token feature, also by prefix"},
    {"GET", "/datasets/{dataset}/classes", CLASSES, 0, datasets_classes, JSON,
     "classes with their counts in each split", "The classes of a class feature"},
    {"GET", "/datasets/{dataset}", ONE_DATASET, 0, datasets_one, JSON,
     "the dataset with features, splits, sources, licence", "One dataset"},
    {"GET", "/datasets", DATASETS, 0, datasets_list, JSON, "a page of datasets",
     "The datasets that are served"},
    {"GET", "/readyz", NULL, ROUTE_OPEN, site_ready, JSON, "status and number of datasets",
     "Can the server answer for its datasets?"},
    {"GET", "/openapi.json", NULL, ROUTE_OPEN, site_openapi, JSON, "an OpenAPI 3.1 document",
     "This interface, as a document"},
    {"POST", "/session", NULL, 0, site_session, "", "nothing; sets the session cookie",
     "Exchange the bearer token for a session cookie"},
    {"GET", "/", NULL, ROUTE_OPEN | ROUTE_PAGE, site_gallery, HTML, "the gallery",
     "The gallery's first page"},
    {"GET", "/gallery/{name}", GALLERY, ROUTE_OPEN | ROUTE_PAGE, site_gallery, HTML, "the gallery",
     "The gallery's page of one dataset"},
    {"GET", "/static/{file}", STATIC, ROUTE_OPEN, site_static, "application/octet-stream",
     "the file", "The gallery's scripts and styles"},
    {"GET", "/client/{file}", STATIC, ROUTE_OPEN, site_client, "application/octet-stream",
     "the file", "The client for Python: /client/samplecase.py"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL},
};
