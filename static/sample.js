// SPDX-License-Identifier: MIT
// One sample large, in a dialog: its pictures and texts, all its values, where to get it.

import {address, getJson, isAborted} from "./api.js";
import {copyButton} from "./copy.js";
import {fill, h} from "./dom.js";
import {count, sizeText} from "./format.js";
import {problemNotice} from "./notice.js";
import {displaySize, loadFigure} from "./picture.js";
import {valueText} from "./table.js";
import {createTextViews} from "./text.js";

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
    // The same room for all samples, so that nothing moves on the way from one to the next.
    if (dataset.image?.isMixed) {
        element.classList.add("staged");
    } else if (dataset.image) {
        const [height, width] = dataset.image.shape;
        body.style.minHeight = `${displaySize(width, height).height + AROUND}px`;
    } else if (dataset.texts.length > 0) {
        element.classList.add("readable");
    }
    const textViews = createTextViews();
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
                const value = sample[feature.name];
                return {feature, value, png, figure: await loadFigure(
                    feature, value, address(png, pinned(split)), signal)};
            }));
            const long = h("div", {class: "texts"}, texts(sample));
            fill(body, figures.map(({figure}) => figure), !dataset.image && long,
                 facts(sample, figures, split, json, dataset.image && long));
            element.scrollTop = 0;
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

    function texts(sample) {
        const found = dataset.texts.filter((feature) =>
            feature.name in sample && isLong(feature, sample[feature.name]));
        return found.map((feature) => textViews.section(
            dataset.texts.length > 1 ? feature.name : null, sample[feature.name]));
    }

    // `more` stands above the facts.
    function facts(sample, figures, split, json, more) {
        const rows = dataset.features
            .filter((feature) => feature.name in sample && !isLong(feature, sample[feature.name]))
            .flatMap((feature) => fact(feature, sample[feature.name]));
        const query = new URLSearchParams({split});
        const large = new URLSearchParams({split, scale: ENLARGED});
        return h("div", {class: "facts"}, more,
            h("dl", null, rows),
            h("p", {class: "links"},
              figures.map(({feature, value, png}) => [
                  value.raw_url && h("a", {href: new URL(value.raw_url, document.baseURI).href,
                                           target: "_blank"}, `Original ${typeName(value)}`),
                  h("a", {href: address(png, query), target: "_blank"},
                    figures.length > 1 ? `PNG of ${feature.name}` : "PNG"),
                  !feature.isMixed && h("a", {href: address(png, large), target: "_blank"},
                                        `PNG, ${ENLARGED}×`)]),
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
        const parts = [`${sizeText(value)} pixels`, channelsText(value.channels)];
        if (value.media_type)
            parts.push(typeName(value));
        return [name, h("dd", null, parts.join(", "))];
    }
    if (feature.kind === "class" && value !== null)
        return [name, h("dd", null, value.name ?? "–", " ", h("small", null, `id ${value.id}`))];
    return [name, h("dd", null, value === null ? "missing" : valueText(value, MOST_NUMBERS))];
}

// Whether a value is shown as a text by itself, rather than among the facts.
function isLong(feature, value) {
    return feature.isText && value !== null;
}

// "image/jpeg" -> "JPEG"
function typeName({media_type: type}) {
    return type ? type.slice(type.indexOf("/") + 1).toUpperCase() : "file";
}

function channelsText(channels) {
    return {1: "grey", 3: "RGB", 4: "RGBA"}[channels] ?? `${channels} channels`;
}
