// SPDX-License-Identifier: MIT
// A page of images as a grid of tiles, each with its label below.

import {isAborted} from "./api.js";
import {fill, h} from "./dom.js";
import {sizeText} from "./format.js";
import {canComeAlone, loadSheet, mixedSide, paintAlone, tileSize} from "./sheet.js";
import {valueText} from "./table.js";

// CSS pixels of a tile when nothing else is asked for, in wide and in narrow windows.
const COMFORTABLE = 84;
const COMFORTABLE_NARROW = 72;
const NARROW = 600;
const LARGEST = 320; // that the zoom reaches

// The same for pictures of mixed sizes, whose zoom is the side of the tile.
const MIXED_STEPS = [64, 80, 96, 112, 128, 160, 192, 224, 256, LARGEST];
const COMFORTABLE_MIXED = 160;
const COMFORTABLE_MIXED_NARROW = 112;
const ROOM_FOR_SIZES = 128; // in a caption

// The enlargements that make sense for an image feature: whole numbers, so that all its pixels are
// equally large; powers of one half for pictures that are larger than a tile. Of pictures of mixed
// sizes: the sides of their tiles.
export function zoomSteps(feature) {
    if (feature.isMixed)
        return MIXED_STEPS;
    const {width, height} = tileSize(feature);
    const side = Math.max(width, height);
    const steps = [];
    for (let zoom = 1 / 8; zoom < 1; zoom *= 2)
        if (side * zoom >= 48)
            steps.push(zoom);
    for (let zoom = 1; zoom <= 16 && (zoom === 1 || side * zoom <= LARGEST); zoom++)
        if (side * zoom >= 24)
            steps.push(zoom);
    return steps;
}

// The step that is asked for, or the one that comes nearest to a comfortable size.
export function zoomOf(feature, look) {
    const steps = zoomSteps(feature);
    const asked = Number(look.get("zoom"));
    if (steps.includes(asked))
        return asked;
    const {width, height} = tileSize(feature);
    const wanted = comfortable(feature, innerWidth < NARROW);
    const distance = (zoom) => Math.abs(Math.max(width, height) * zoom - wanted);
    return steps.reduce((best, zoom) => distance(zoom) < distance(best) ? zoom : best);
}

function comfortable(feature, isNarrow) {
    if (feature.isMixed)
        return isNarrow ? COMFORTABLE_MIXED_NARROW : COMFORTABLE_MIXED;
    return isNarrow ? COMFORTABLE_NARROW : COMFORTABLE;
}

// What stands below a picture: the name of its class, its first text or the first number it comes
// with.
function caption(dataset, sample) {
    if (dataset.label)
        return sample[dataset.label.name]?.name ?? "";
    if (dataset.texts.length > 0)
        return valueText(sample[dataset.texts[0].name]);
    const other = dataset.features.find((feature) => feature.kind === "scalar");
    return other ? String(sample[other.name] ?? "–") : `${sample.index}`;
}

// A grid whose tiles link to sampleAddress(index). `element` goes into the page.
export function createGrid(dataset, sampleAddress) {
    const element = h("ul", {class: "grid", "aria-label": "Samples; arrow keys move between them"});
    element.addEventListener("keydown", moveFocus);
    const {image} = dataset;
    let shown = [];
    let query = null;  // that selected them
    let width = 0;     // of a tile, in CSS pixels
    let side = 0;      // of the tiles of mixed sizes that were fetched
    let fetching = new AbortController();

    function wantedSide(count) {
        return image.isMixed ? mixedSide(width, count) : 0;
    }

    async function paint(tiles, from, wanted, signal) {
        try {
            const sheet = await loadSheet(dataset, from, tiles.length, wanted, signal);
            tiles.forEach(({canvas, sample}, place) => sheet.draw(canvas, place, sample));
            sheet.close();
        } catch (problem) {
            if (!image.isMixed || !canComeAlone(problem))
                throw problem;
            place(tiles);
            await Promise.all(tiles.map((one) => paintOrMark(one, wanted, signal)));
        }
        side = wanted;
    }

    function place(tiles) {
        if (tiles.length === 0 || !element.contains(tiles[0].link))
            fill(element, tiles.map(({link}) => h("li", null, link)));
    }

    // Where one picture cannot be drawn, the others are shown all the same.
    async function paintOrMark({link, canvas, sample}, wanted, signal) {
        try {
            await paintAlone(dataset, sample, wanted, canvas, signal);
        } catch (problem) {
            if (isAborted(problem))
                throw problem;
            link.title = problem.message;
            link.classList.add("lost");
        }
    }

    // Fetches the pictures again when the tiles have become larger than these are.
    async function sharpen() {
        const wanted = wantedSide(shown.length);
        fetching.abort();
        fetching = new AbortController();
        if (!image.isMixed || shown.length === 0 || wanted <= side)
            return;
        try {
            await paint(shown, query, wanted, fetching.signal);
        } catch {
            // The pictures that are there have to do.
        }
    }

    function tile(sample) {
        const canvas = h("canvas", {"aria-hidden": "true"});
        let name = `Sample ${sample.index}`;
        const text = caption(dataset, sample);
        if (dataset.label || dataset.texts.length > 0)
            name += `, ${text}`;
        const size = image.isMixed && sizeText(sample[image.name]);
        if (size)
            name += `, ${size}`;
        const link = h("a", {class: "tile", href: sampleAddress(sample.index), title: name,
                             "data-index": sample.index, tabindex: "-1"},
                       canvas, h("span", {class: "caption"}, text),
                       size && h("span", {class: "size"}, size));
        link.setAttribute("aria-label", name);
        return {link, canvas, sample, index: sample.index};
    }

    return {
        element,

        // Empty tiles for pictures that are on their way, so that nothing moves when they come.
        reserve(count) {
            const size = tileSize(image);
            const places = [];
            for (let i = 0; i < count; i++) {
                places.push(h("li", null, h("span", {class: "tile"},
                                            h("canvas", {...size, "aria-hidden": "true"}),
                                            h("span", {class: "caption"}, "\u00a0"))));
            }
            fill(element, places);
        },

        // Fetches the pictures of the samples that the query selected, and shows both.
        async load(selecting, samples, columns, signal) {
            fetching.abort();
            const tiles = samples.map(tile);
            if (tiles.length > 0) {
                tiles[0].link.tabIndex = 0;
                await paint(tiles, selecting, wantedSide(tiles.length), signal);
            }
            shown = tiles;
            query = selecting;
            place(tiles);
            sharpen();
        },

        // Sets the size of the tiles.
        zoom(look) {
            const tile = tileSize(image);
            const zoom = zoomOf(image, look);
            width = tile.width * zoom;
            element.classList.toggle("smooth", zoom < 1 || image.isMixed);
            element.classList.toggle("mixed", image.isMixed);
            element.classList.toggle("with-sizes", width >= ROOM_FOR_SIZES);
            element.style.setProperty("--tile", `${width}px`);
            element.style.setProperty("--ratio", `${tile.width} / ${tile.height}`);
            sharpen();
        },

        // Renews the links, which carry the page's whole state.
        relink() {
            for (const {link, index} of shown)
                link.href = sampleAddress(index);
        },

        focus(index) {
            const found = shown.find((one) => one.index === index);
            if (found)
                focusTile(found.link);
        },
    };

    function focusTile(link) {
        for (const one of shown)
            one.link.tabIndex = -1;
        link.tabIndex = 0;
        link.focus();
    }

    function moveFocus(event) {
        const columns = columnsOf(element);
        const steps = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns};
        const step = steps[event.key];
        const at = shown.findIndex(({link}) => link === document.activeElement);
        if (step === undefined || at < 0 || event.ctrlKey || event.altKey || event.metaKey)
            return;
        const next = shown[at + step];
        if (next) {
            event.preventDefault();
            event.stopPropagation();
            focusTile(next.link);
        }
    }
}

// How many tiles stand in the first row.
function columnsOf(list) {
    const items = [...list.children];
    const next = items.findIndex((item) => item.offsetTop > items[0].offsetTop);
    return next < 0 ? items.length : next;
}
