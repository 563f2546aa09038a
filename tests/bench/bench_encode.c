// SPDX-License-Identifier: MIT
// What encode/ costs: PNG against libpng with its defaults, on the pictures of the files named on
// the command line (.npy of uint8 or IDX of unsigned bytes, gzipped or not), and a JSON page of 100
// samples. The two take turns over the same pictures; the figures are medians of the turns.
#include <png.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "encode/json.h"
#include "encode/png.h"

enum { TURNS = 15, PICTURES = 1000, PAGES = 2000, HEAD = 4096 };

struct pictures {
    uint8_t *pixels;
    uint32_t count, width, height;
    unsigned channels;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

// The shape in the head of a file: rank numbers, or 0 when it is neither format.
static unsigned read_shape(gzFile file, uint32_t shape[4])
{
    unsigned char head[HEAD] = {0};
    if (gzread(file, head, 10) != 10)
        return 0;
    if (memcmp(head, "\x93NUMPY\1", 7) == 0) {
        unsigned size = head[8] | (unsigned)head[9] << 8;
        if (size >= HEAD || gzread(file, head, size) != (int)size)
            return 0;
        head[size] = 0;
        char *at = strstr((char *)head, "'shape': (");
        if (!at || !strstr((char *)head, "'|u1'"))
            return 0;
        unsigned rank = 0;
        for (at += 10; rank < 4 && *at >= '0' && *at <= '9'; at += strspn(at, ", "))
            shape[rank++] = (uint32_t)strtoul(at, &at, 10);
        return rank;
    }
    if (memcmp(head, "\0\0\x8", 3) != 0 || head[3] > 4)
        return 0;
    unsigned rank = head[3];
    if (gzread(file, head + 10, 4 * rank - 6) != (int)(4 * rank - 6))
        return 0;
    for (unsigned i = 0; i < rank; i++)
        shape[i] = (uint32_t)head[4 + 4 * i] << 24 | (uint32_t)head[5 + 4 * i] << 16 |
                   (uint32_t)head[6 + 4 * i] << 8 | head[7 + 4 * i];
    return rank;
}

static bool read_pictures(const char *path, struct pictures *out)
{
    uint32_t shape[4] = {0, 0, 0, 1};
    gzFile file = gzopen(path, "rb");
    unsigned rank = file ? read_shape(file, shape) : 0;
    bool good = rank >= 3 && shape[3] >= 1 && shape[3] <= 4 && shape[1] > 0 && shape[2] > 0;
    if (good) {
        *out = (struct pictures){.count = shape[0] < PICTURES ? shape[0] : PICTURES,
                                 .height = shape[1],
                                 .width = shape[2],
                                 .channels = shape[3]};
        size_t size = (size_t)out->count * shape[1] * shape[2] * shape[3];
        out->pixels = malloc(size);
        good = out->pixels && size <= INT32_MAX &&
               gzread(file, out->pixels, (unsigned)size) == (int)size;
    }
    if (file)
        gzclose(file);
    if (!good)
        fprintf(stderr, "%s: not an .npy or IDX file of 8-bit pictures\n", path);
    return good;
}

static void add(png_structp png, png_bytep bytes, png_size_t size)
{
    buffer_append(png_get_io_ptr(png), bytes, size);
}

static void flush(png_structp png)
{
    (void)png;
}

static void libpng_encode(struct buffer *out, const uint8_t *pixels, const struct pictures *of)
{
    static const int COLOUR[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                 PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, out, add, flush);
    png_set_IHDR(png, info, of->width, of->height, 8, COLOUR[of->channels], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (uint32_t y = 0; y < of->height; y++)
        png_write_row(png, pixels + (size_t)y * of->width * of->channels);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

static void bench_png(const char *path, const struct pictures *pictures)
{
    size_t size = (size_t)pictures->width * pictures->height * pictures->channels;
    double ours[TURNS], theirs[TURNS], our_bytes = 0, their_bytes = 0;
    struct buffer out = BUFFER_INIT;
    for (int turn = 0; turn < TURNS; turn++) {
        our_bytes = their_bytes = 0;
        double start = now();
        for (uint32_t i = 0; i < pictures->count; i++) {
            out.size = 0;
            png_encode(&out, pictures->pixels + i * size, pictures->width, pictures->height,
                       pictures->channels);
            our_bytes += (double)out.size;
        }
        double middle = now();
        for (uint32_t i = 0; i < pictures->count; i++) {
            out.size = 0;
            libpng_encode(&out, pictures->pixels + i * size, pictures);
            their_bytes += (double)out.size;
        }
        ours[turn] = (middle - start) / pictures->count;
        theirs[turn] = (now() - middle) / pictures->count;
    }
    buffer_free(&out);
    double our_time = median(ours, TURNS), their_time = median(theirs, TURNS);
    printf("%s: %u pictures of %ux%ux%u\n", path, pictures->count, pictures->width,
           pictures->height, pictures->channels);
    printf("  ours    %9.2f us  %9.1f bytes  %6.0f MB/s\n", our_time, our_bytes / pictures->count,
           (double)size / our_time);
    printf("  libpng  %9.2f us  %9.1f bytes  %6.0f MB/s\n", their_time,
           their_bytes / pictures->count, (double)size / their_time);
    printf("  ratio   %9.3f     %9.3f\n", our_time / their_time, our_bytes / their_bytes);
}

// A page as the samples resource gives it: index, picture, two classes.
static void write_page(struct buffer *out)
{
    buffer_string(out, "{\"dataset\":");
    json_write_string(out, "cifar100");
    buffer_string(out, ",\"samples\":[");
    for (unsigned i = 0; i < 100; i++) {
        buffer_string(out, i ? ",{\"index\":" : "{\"index\":");
        json_write_uint(out, 12300 + i);
        buffer_string(out, ",\"image\":{\"url\":\"/datasets/cifar100/samples/");
        json_write_uint(out, 12300 + i);
        buffer_string(out, "/image.png?split=train\",\"width\":32,\"height\":32,\"channels\":3}");
        buffer_string(out, ",\"fine_label\":{\"id\":");
        json_write_uint(out, i);
        buffer_string(out, ",\"name\":");
        json_write_string(out, "aquarium_fish");
        buffer_string(out, "},\"coarse_label\":{\"id\":");
        json_write_uint(out, i % 20);
        buffer_string(out, ",\"name\":");
        json_write_string(out, "large_omnivores_and_herbivores");
        buffer_string(out, "}}");
    }
    buffer_string(out, "]}");
}

// A page of a table: 100 rows of 14 numbers, short ones (6.32) or full ones (1/3).
static void write_table(struct buffer *out, bool full)
{
    double row[14];
    buffer_byte(out, '[');
    for (unsigned i = 0; i < 100; i++) {
        for (unsigned k = 0; k < 14; k++)
            row[k] = full ? (i * 14 + k + 1) / 3.7 : (i * 1400 + k * 37) / 100.0;
        buffer_byte(out, ',');
        json_write_array(out, DTYPE_FLOAT64, row, 1, (uint64_t[]){14});
    }
    buffer_byte(out, ']');
}

static void bench_json(const char *what, int kind)
{
    double times[TURNS];
    struct buffer out = BUFFER_INIT;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = now();
        for (int page = 0; page < PAGES; page++) {
            out.size = 0;
            if (kind == 0)
                write_page(&out);
            else
                write_table(&out, kind == 2);
        }
        times[turn] = (now() - start) / PAGES;
    }
    printf("%s: %.2f us, %zu bytes\n", what, median(times, TURNS), out.size);
    buffer_free(&out);
}

int main(int argc, char **argv)
{
    bool good = true;
    for (int i = 1; i < argc; i++) {
        struct pictures pictures = {.pixels = NULL};
        if (read_pictures(argv[i], &pictures))
            bench_png(argv[i], &pictures);
        else
            good = false;
        free(pictures.pixels);
    }
    bench_json("JSON page of 100 samples", 0);
    bench_json("JSON table of 100 rows of 14 short numbers", 1);
    bench_json("JSON table of 100 rows of 14 full numbers", 2);
    return good ? 0 : 1;
}
