// SPDX-License-Identifier: MIT
#include "server/response.h"

#include "server/parcel.h"
#include "store/dataset.h"

void response_clear(struct response *response)
{
    buffer_free(&response->buffer);
    buffer_free(&response->link);
    dataset_release(response->hold);
    parcel_free(response->parcel);
    response->hold = NULL;
    response->parcel = NULL;
}
