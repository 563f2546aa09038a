// SPDX-License-Identifier: MIT
// The pictures of a page as one contact sheet, cut into tiles here: one request for all.

import {address, getPicture} from "./api.js";
import {changed} from "./router.js";

// Longest side that a tile is fetched with; larger pictures come as thumbnails of this size.
const LARGEST_TILE = 256;

// Sides that tiles of pictures of mixed sizes are fetched with.
const MIXED_SIDES = [64, 96, 128, 160, 192, 256, 320, 384, 512];
const MOST_PIXELS = 8e6; // of a sheet of these

// Width and height of one tile of an image feature's sheets, in pixels of the sheet. Tiles of
// pictures of mixed sizes are squares of any side: 1 here, so that the zoom is the side.
export function tileSize(feature) {
    if (feature.isMixed)
        return {width: 1, height: 1};
    const [height, width] = feature.shape;
    const shrink = Math.min(1, LARGEST_TILE / Math.max(width, height));
    return {
        width: Math.max(1, Math.round(width * shrink)),
        height: Math.max(1, Math.round(height * shrink)),
    };
}

// Whether the tiles of an image feature are thumbnails.
export function isShrunk(feature) {
    return feature.isMixed || Math.max(feature.shape[0], feature.shape[1]) > LARGEST_TILE;
}

// The side to fetch the tiles of `count` pictures of mixed sizes with, so that they are sharp where
// a tile takes `shown` CSS pixels, as far as one sheet allows.
export function mixedSide(shown, count) {
    const wanted = shown * devicePixelRatio;
    const allowed = MIXED_SIDES.filter((side) => side * side * count <= MOST_PIXELS);
    return allowed.find((side) => side >= wanted) ?? allowed.at(-1) ?? MIXED_SIDES[0];
}

// Fetches the sheet of the `count` samples on the page that a query selects, pictures of mixed
// sizes in tiles of that side. The result's draw(canvas, place, sample) paints one picture into a
// canvas; close() it when all are painted.
export async function loadSheet(dataset, query, count, side, signal) {
    const {image} = dataset;
    const columns = Math.max(1, Math.ceil(Math.sqrt(count)));
    const rows = Math.ceil(count / columns);
    const url = address(["datasets", dataset.name, "sheet.png"], changed(query, {
        columns,
        size: image.isMixed ? side : isShrunk(image) ? LARGEST_TILE : null,
        rev: dataset.revision,
    }));
    const bitmap = await getPicture(url, signal);
    const width = bitmap.width / columns;
    const height = bitmap.height / rows;
    return {
        draw(canvas, place, sample) {
            const cut = image.isMixed ? fitted(sample[image.name], width) : {width, height};
            canvas.width = cut.width;
            canvas.height = cut.height;
            const context = canvas.getContext("2d", {willReadFrequently: true});
            const x = place % columns * width + Math.floor((width - cut.width) / 2);
            const y = Math.floor(place / columns) * height + Math.floor((height - cut.height) / 2);
            context.drawImage(bitmap, x, y, cut.width, cut.height, 0, 0, cut.width, cut.height);
        },
        close() {
            bitmap.close();
        },
    };
}

// The size of a picture in a square tile, in whose middle it stands: shrunk if it has to be.
function fitted({width, height}, side) {
    const longer = Math.max(width, height);
    if (longer <= side)
        return {width, height};
    return {
        width: Math.max(1, Math.round(width * side / longer)),
        height: Math.max(1, Math.round(height * side / longer)),
    };
}

// Whether pictures that cannot be had as one sheet can be had one by one: one of them is damaged, or
// they are too large to be decoded all at once.
export function canComeAlone(problem) {
    return problem.status === 503 && problem.code === "internal" || problem.code === "too_large";
}

// Paints the picture of one sample into a canvas, fitted into a square of that side.
export async function paintAlone(dataset, sample, side, canvas, signal) {
    const url = new URL(sample[dataset.image.name].url, document.baseURI);
    url.searchParams.set("size", side);
    url.searchParams.set("rev", dataset.revision);
    const bitmap = await getPicture(url.href, signal);
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d", {willReadFrequently: true}).drawImage(bitmap, 0, 0);
    bitmap.close();
}
