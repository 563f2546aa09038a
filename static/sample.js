// SPDX-License-Identifier: MIT
// One sample large, in a dialog: its picture with its pixels, all its values, where to get it.

import {address, getJson, getPicture, isAborted} from "./api.js";
import {copyButton} from "./copy.js";
import {fill, h} from "./dom.js";
import {count} from "./format.js";
import {problemNotice} from "./notice.js";
import {valueText} from "./table.js";

const AROUND = 90; // pixels of the body besides the picture
const MOST_NUMBERS = 256; // of an array
const ENLARGED = 8; // of the second link to the picture

// step(by) goes to the next or previous sample, neighbours() says which of them exist; close() goes
// back to the page.
export function createSampleDialog(dataset, {step, neighbours, close}) {
    const heading = h("h2", {id: "sample-heading"});
    const previous = h("button", {type: "button", title: "Previous sample (←)",
                                  "aria-label": "Previous sample", onclick: () => step(-1)}, "‹");
    const next = h("button", {type: "button", title: "Next sample (→)",
                              "aria-label": "Next sample", onclick: () => step(1)}, "›");
    const leave = h("button", {type: "button", title: "Close (Esc)", "aria-label": "Close",
                               class: "close", onclick: close}, "×");
    const body = h("div", {class: "sample-body"});
    const element = h("dialog", {class: "sample", "aria-labelledby": "sample-heading"},
                      h("header", null, heading, h("span", {class: "spring"}), previous, next,
                        leave),
                      body);
    element.addEventListener("cancel", (event) => {
        event.preventDefault();
        close();
    });
    element.addEventListener("click", (event) => {
        if (event.target === element)
            close();
    });
    if (dataset.image) {
        const [height, width] = dataset.image.shape;
        body.style.minHeight = `${displaySize(width, height).height + AROUND}px`;
    }
    let loading = null;
    let shown = null; // [split, index] as text

    async function show(split, index) {
        const can = neighbours();
        // Not `disabled`, which would take the focus away at the last sample.
        previous.ariaDisabled = can.previous ? null : "true";
        next.ariaDisabled = can.next ? null : "true";
        const wanted = JSON.stringify([split, index]);
        if (wanted === shown)
            return;
        shown = wanted;
        loading?.abort();
        loading = new AbortController();
        const {signal} = loading;
        heading.textContent = `Sample ${count(index)} of ${split}`;
        if (!element.open)
            element.showModal();
        body.setAttribute("aria-busy", "true");
        const path = ["datasets", dataset.name, "samples", String(index)];
        const json = address(path, new URLSearchParams({split}));
        try {
            const sample = await getJson(address(path, pinned(split)), signal);
            const images = dataset.features.filter((feature) => feature.kind === "image");
            const figures = await Promise.all(images.map(async (feature) => {
                const png = [...path, `${feature.name}.png`];
                const bitmap = await getPicture(address(png, pinned(split)), signal);
                return {feature, png, bitmap};
            }));
            fill(body, figures.map((one) => figure(one)), facts(sample, figures, split, json));
        } catch (error) {
            if (isAborted(error))
                return;
            fill(body, problemNotice(error));
        }
        body.removeAttribute("aria-busy");
    }

    function pinned(split) {
        return new URLSearchParams({split, rev: dataset.revision});
    }

    function facts(sample, figures, split, json) {
        const rows = dataset.features.filter((feature) => feature.name in sample)
            .flatMap((feature) => fact(feature, sample[feature.name]));
        const query = new URLSearchParams({split});
        const large = new URLSearchParams({split, scale: ENLARGED});
        return h("div", {class: "facts"},
            h("dl", null, rows),
            h("p", {class: "links"},
              figures.map(({png, feature}) => [
                  h("a", {href: address(png, query), target: "_blank"},
                    figures.length > 1 ? `PNG of ${feature.name}` : "PNG"),
                  h("a", {href: address(png, large), target: "_blank"}, `PNG, ${ENLARGED}×`)]),
              h("a", {href: json, target: "_blank"}, "JSON"),
              copyButton("Copy address", () => location.href)));
    }

    return {
        element,

        // Shows a sample, or closes the dialog for null.
        update(split, index) {
            if (index !== null)
                return show(split, index);
            loading?.abort();
            shown = null;
            if (element.open)
                element.close();
        },
    };
}

function fact(feature, value) {
    const name = h("dt", null, feature.name,
                   feature.target && h("span", {class: "badge"}, "target"));
    if (feature.kind === "image") {
        const {width, height, channels} = value;
        return [name, h("dd", null, `${width} × ${height} pixels, ${channelsText(channels)}`)];
    }
    if (feature.kind === "class" && value !== null)
        return [name, h("dd", null, value.name ?? "–", " ", h("small", null, `id ${value.id}`))];
    return [name, h("dd", null, value === null ? "missing" : valueText(value, MOST_NUMBERS))];
}

function channelsText(channels) {
    return {1: "grey", 3: "RGB", 4: "RGBA"}[channels] ?? `${channels} channels`;
}

// How large a picture is shown: as large as fits, in whole multiples of its pixels.
function displaySize(width, height) {
    const room = Math.min(512, innerWidth - 64, innerHeight * 0.6);
    const fit = room / Math.max(width, height);
    const zoom = fit >= 1 ? Math.floor(fit) : fit;
    return {width: width * zoom, height: height * zoom};
}

// The picture and, below it, the values under the pointer.
function figure({feature, bitmap}) {
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
        const values = pixelValues(feature, context.getImageData(x, y, 1, 1).data);
        reading.textContent = `row ${y}, column ${x}: ${values}`;
    });
    canvas.addEventListener("pointerleave", () => {
        reading.textContent = hint;
    });
    return h("figure", null, canvas, reading);
}

// Which of `count` pixels lies at a distance into a side of that length.
function pixelAt(distance, length, count) {
    return Math.min(count - 1, Math.max(0, Math.floor(distance / length * count)));
}

// The stored values behind a displayed pixel. Where they are not bytes, the brightness is all that
// the picture tells.
function pixelValues(feature, rgba) {
    const channels = feature.shape[2] ?? 1;
    const shown = [...rgba].slice(0, channels);
    if (feature.dtype !== "uint8")
        return `brightness ${shown.join(", ")} of 255`;
    return shown.map((level) => Math.round(level * feature.white / 255)).join(", ");
}
