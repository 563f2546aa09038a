// SPDX-License-Identifier: MIT
// For make.py: components from stdin, interleaved, as a JPEG of any kind on stdout.
// usage: encode WIDTH HEIGHT COMPONENTS COLORS SAMPLING RESTART arithmetic|huffman [progressive]
// COLORS is what they are: 1 grey, 2 RGB, 4 CMYK (J_COLOR_SPACE); SAMPLING the factors of the first
// component as "hv"; RESTART the MCUs between markers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

int main(int argc, char **argv)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long size = 0;
    if (argc < 8)
        return 2;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &out, &size);
    jpeg.image_width = (JDIMENSION)atoi(argv[1]);
    jpeg.image_height = (JDIMENSION)atoi(argv[2]);
    jpeg.input_components = atoi(argv[3]);
    jpeg.in_color_space = (J_COLOR_SPACE)atoi(argv[4]);
    jpeg_set_defaults(&jpeg);
    if (jpeg.in_color_space == JCS_CMYK)
        jpeg_set_colorspace(&jpeg, JCS_YCCK);
    jpeg.comp_info[0].h_samp_factor = argv[5][0] - '0';
    jpeg.comp_info[0].v_samp_factor = argv[5][1] - '0';
    jpeg.restart_interval = (unsigned)atoi(argv[6]);
    jpeg.arith_code = strcmp(argv[7], "arithmetic") == 0;
    if (argc > 8)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    size_t row_size = (size_t)jpeg.image_width * (size_t)jpeg.input_components;
    JSAMPROW row = malloc(row_size);
    while (row && jpeg.next_scanline < jpeg.image_height && fread(row, row_size, 1, stdin) == 1)
        jpeg_write_scanlines(&jpeg, &row, 1);
    jpeg_finish_compress(&jpeg);
    fwrite(out, 1, size, stdout);
    jpeg_destroy_compress(&jpeg);
    free(out);
    free(row);
    return 0;
}
