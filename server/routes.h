// SPDX-License-Identifier: MIT
// The handlers that the route table names, by the file that they are in.
#ifndef SAMPLECASE_SERVER_ROUTES_H
#define SAMPLECASE_SERVER_ROUTES_H

#include "server/route.h"

// routes_site.c
route_handler site_health, site_ready, site_openapi, site_session, site_gallery, site_static, site_client;

// routes_datasets.c
route_handler datasets_list, datasets_one, datasets_classes;

// routes_samples.c
route_handler samples_page, samples_one;

// routes_batch.c
route_handler batch_answer;

// routes_images.c
route_handler images_png, images_file, images_sheet;

// routes_vocabulary.c
route_handler vocabulary_word_index, vocabulary_page;

// routes_arrays.c
route_handler arrays_npy;

#endif
