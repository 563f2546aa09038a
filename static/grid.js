// SPDX-License-Identifier: MIT
// A page of images as a grid of tiles, each with its label below.

import {fill, h} from "./dom.js";
import {loadSheet, tileSize} from "./sheet.js";

// CSS pixels of a tile when nothing else is asked for, in wide and in narrow windows.
const COMFORTABLE = 84;
const COMFORTABLE_NARROW = 72;
const NARROW = 600;
const LARGEST = 320; // that the zoom reaches

// The enlargements that make sense for an image feature: whole numbers, so that all its pixels are
// equally large; powers of one half for pictures that are larger than a tile.
export function zoomSteps(feature) {
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
    const wanted = innerWidth < NARROW ? COMFORTABLE_NARROW : COMFORTABLE;
    const distance = (zoom) => Math.abs(Math.max(width, height) * zoom - wanted);
    return steps.reduce((best, zoom) => distance(zoom) < distance(best) ? zoom : best);
}

// What stands below a picture: the name of its class, or the first number it comes with.
function caption(dataset, sample) {
    if (dataset.label)
        return sample[dataset.label.name]?.name ?? "";
    const other = dataset.features.find((feature) => feature.kind === "scalar");
    return other ? String(sample[other.name] ?? "–") : `${sample.index}`;
}

// A grid whose tiles link to sampleAddress(index). `element` goes into the page.
export function createGrid(dataset, sampleAddress) {
    const element = h("ul", {class: "grid", "aria-label": "Samples; arrow keys move between them"});
    element.addEventListener("keydown", moveFocus);
    let shown = [];

    function tile(sample) {
        const canvas = h("canvas", {"aria-hidden": "true"});
        let name = `Sample ${sample.index}`;
        const text = caption(dataset, sample);
        if (dataset.label)
            name += `, ${text}`;
        const link = h("a", {class: "tile", href: sampleAddress(sample.index), title: name,
                             "data-index": sample.index, tabindex: "-1"},
                       canvas, h("span", {class: "caption"}, text));
        link.setAttribute("aria-label", name);
        return {link, canvas, index: sample.index};
    }

    return {
        element,

        // Empty tiles for pictures that are on their way, so that nothing moves when they come.
        reserve(count) {
            const size = tileSize(dataset.image);
            const places = [];
            for (let i = 0; i < count; i++) {
                places.push(h("li", null, h("span", {class: "tile"},
                                            h("canvas", {...size, "aria-hidden": "true"}),
                                            h("span", {class: "caption"}, "\u00a0"))));
            }
            fill(element, places);
        },

        // Fetches the pictures of the samples that the query selected, and shows both.
        async load(query, samples, columns, signal) {
            const tiles = samples.map(tile);
            if (tiles.length > 0) {
                const sheet = await loadSheet(dataset, query, tiles.length, signal);
                tiles.forEach(({canvas}, place) => sheet.draw(canvas, place));
                tiles[0].link.tabIndex = 0;
                sheet.close();
            }
            shown = tiles;
            fill(element, shown.map(({link}) => h("li", null, link)));
        },

        // Sets the size of the tiles.
        zoom(look) {
            const {width, height} = tileSize(dataset.image);
            const zoom = zoomOf(dataset.image, look);
            element.classList.toggle("smooth", zoom < 1);
            element.style.setProperty("--tile", `${width * zoom}px`);
            element.style.setProperty("--ratio", `${width} / ${height}`);
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
