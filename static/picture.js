// SPDX-License-Identifier: MIT
// One picture large: small ones enlarged, with the values of their pixels; photographs as they are.

import {address, getJson, getPicture} from "./api.js";
import {fill, h} from "./dom.js";
import {sizeText} from "./format.js";
import {problemNotice} from "./notice.js";

const STILL_PIXELS = 128; // longer side up to which pictures of mixed sizes are enlarged

// How large a picture in pixels is shown: as large as fits, in whole multiples of its pixels.
export function displaySize(width, height) {
    const room = Math.min(512, innerWidth - 64, innerHeight * 0.6);
    const fit = room / Math.max(width, height);
    const zoom = fit >= 1 ? Math.floor(fit) : fit;
    return {width: width * zoom, height: height * zoom};
}

// Fetches what is needed to show the picture of a feature, `value` being what a sample says of it
// and `png` the full address of its pixels, and promises a figure.
export async function loadFigure(feature, value, png, signal) {
    if (feature.isMixed && value.raw_url && Math.max(value.width, value.height) > STILL_PIXELS)
        return photograph(feature, value);
    return pixels(feature, value.channels, await getPicture(png, signal));
}

// The stored bytes, drawn by the browser: at their size or as large as fits.
function photograph(feature, {width, height, raw_url: url}) {
    const figure = h("figure", {class: "stage whole-stage"});
    const src = new URL(url, document.baseURI).href;
    const image = h("img", {src, width, height, class: "photograph",
                            alt: `Picture ${feature.name}, ${sizeText({width, height})} pixels`});
    image.addEventListener("error", async () => {
        try {
            await getJson(src); // for what the server says
        } catch (problem) {
            fill(figure, problemNotice(problem.status ? problem : {
                title: "Not shown", message: "The browser cannot draw this picture.", allowed: [],
            }));
        }
    });
    return fill(figure, image);
}

// The pixels, and below them the values under the pointer.
function pixels(feature, channels, bitmap) {
    const {width, height} = bitmap;
    const canvas = h("canvas", {width, height, class: "large", role: "img",
                                "aria-label": `Picture ${feature.name}`});
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const size = displaySize(width, height);
    canvas.style.width = `${size.width}px`;
    canvas.classList.toggle("shrunk", size.width < width);
    const hint = "Point at the picture to read its pixels";
    const reading = h("figcaption", {class: "soft small"}, hint);
    canvas.addEventListener("pointermove", (event) => {
        const box = canvas.getBoundingClientRect();
        const x = pixelAt(event.clientX - box.x, box.width, width);
        const y = pixelAt(event.clientY - box.y, box.height, height);
        const values = pixelValues(feature, channels, context.getImageData(x, y, 1, 1).data);
        reading.textContent = `row ${y}, column ${x}: ${values}`;
    });
    canvas.addEventListener("pointerleave", () => {
        reading.textContent = hint;
    });
    return h("figure", {class: feature.isMixed ? "stage" : null}, canvas, reading);
}

// Which of `count` pixels lies at a distance into a side of that length.
function pixelAt(distance, length, count) {
    return Math.min(count - 1, Math.max(0, Math.floor(distance / length * count)));
}

// The stored values behind a displayed pixel. Where they are not bytes, the brightness is all that
// the picture tells.
function pixelValues(feature, channels, rgba) {
    const shown = [...rgba].slice(0, channels);
    if (feature.dtype !== "uint8")
        return `brightness ${shown.join(", ")} of 255`;
    return shown.map((level) => Math.round(level * feature.white / 255)).join(", ");
}
