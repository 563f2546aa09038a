// SPDX-License-Identifier: MIT
// The pictures of a page as one contact sheet, cut into tiles here: one request for all.

import {address, getPicture} from "./api.js";
import {changed} from "./router.js";

// Longest side that a tile is fetched with; larger pictures come as thumbnails of this size.
const LARGEST_TILE = 256;

// Width and height of one tile of an image feature's sheets, in pixels of the sheet.
export function tileSize(feature) {
    const [height, width] = feature.shape;
    const shrink = Math.min(1, LARGEST_TILE / Math.max(width, height));
    return {
        width: Math.max(1, Math.round(width * shrink)),
        height: Math.max(1, Math.round(height * shrink)),
    };
}

// Whether the tiles of an image feature are thumbnails.
export function isShrunk(feature) {
    return Math.max(feature.shape[0], feature.shape[1]) > LARGEST_TILE;
}

// Fetches the sheet of the `count` samples on the page that a query selects. The result's
// draw(canvas, place) paints one tile into a canvas; close() it when all are painted.
export async function loadSheet(dataset, query, count, signal) {
    const columns = Math.max(1, Math.ceil(Math.sqrt(count)));
    const rows = Math.ceil(count / columns);
    const url = address(["datasets", dataset.name, "sheet.png"], changed(query, {
        columns,
        size: isShrunk(dataset.image) ? LARGEST_TILE : null,
        rev: dataset.revision,
    }));
    const bitmap = await getPicture(url, signal);
    const width = bitmap.width / columns;
    const height = bitmap.height / rows;
    return {
        draw(canvas, place) {
            canvas.width = width;
            canvas.height = height;
            const context = canvas.getContext("2d", {willReadFrequently: true});
            const x = place % columns * width;
            const y = Math.floor(place / columns) * height;
            context.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
        },
        close() {
            bitmap.close();
        },
    };
}
