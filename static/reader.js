// SPDX-License-Identifier: MIT
// A page of texts as a list to read: the beginning of each, with its classes beside it.

import {fill, h} from "./dom.js";
import {count} from "./format.js";
import {valueText} from "./table.js";

const MOST_IDS = 150; // of tokens without words

// The beginning of a text, or a word for there being none.
function beginning(value) {
    if (value === null || value === undefined)
        return h("p", {class: "passage-text soft"}, "missing");
    const text = typeof value === "string" ? value : value.text;
    if (text === null)
        return h("p", {class: "passage-text ids"}, value.ids.slice(0, MOST_IDS).join(" "));
    if (text === "")
        return h("p", {class: "passage-text soft"}, "empty");
    return h("p", {class: "passage-text", dir: "auto"}, text);
}

// A list whose passages link to sampleAddress(index). `element` goes into the page.
export function createReader(dataset, sampleAddress) {
    const beside = dataset.features.filter((feature) => !feature.isText);
    const several = dataset.texts.length > 1;
    const element = h("ol", {class: several ? "reader several" : "reader",
                             "aria-label": "Samples"});
    let shown = [];

    // Whatever is cut, be it by the server or by the width of the window, says that there is more.
    const measure = new ResizeObserver(() => {
        const cut = shown.map(({sample, texts}) => isTruncated(sample)
            || texts.some((text) => text.scrollHeight > text.clientHeight + 1));
        shown.forEach(({more}, i) => {
            more.hidden = !cut[i];
        });
    });
    measure.observe(element);

    function isTruncated(sample) {
        return sample.truncated === true
            || dataset.texts.some((feature) => sample[feature.name]?.truncated === true);
    }

    function note(feature, value) {
        if (feature.kind === "class")
            return h("li", {class: "tag", title: feature.name}, value?.name ?? "–");
        return h("li", {class: "soft small"}, `${feature.name} ${valueText(value)}`);
    }

    function passage(sample) {
        const href = sampleAddress(sample.index);
        const link = h("a", {class: "passage-index", href, "data-index": sample.index,
                             "aria-label": `Sample ${sample.index}`}, count(sample.index));
        const more = h("a", {class: "more", href, hidden: true,
                             "aria-label": `More of sample ${sample.index}`}, "more");
        const texts = dataset.texts.filter((feature) => feature.name in sample)
            .map((feature) => ({feature, text: beginning(sample[feature.name])}));
        const notes = beside.filter((feature) => feature.name in sample)
            .map((feature) => note(feature, sample[feature.name]));
        const item = h("li", {class: "passage", onclick: (event) => {
            if (!event.target.closest("a") && getSelection().isCollapsed)
                link.click();
        }}, h("div", {class: "passage-side"}, link, h("ul", {class: "tags"}, notes)),
            h("div", {class: "passage-body"},
              texts.map(({feature, text}) =>
                  [several && h("p", {class: "passage-name"}, feature.name), text]),
              more));
        return {sample, link, more, item, texts: texts.map(({text}) => text)};
    }

    return {
        element,

        // Shows the samples; there is nothing to fetch besides.
        async load(query, samples) {
            shown = samples.map(passage);
            fill(element, shown.map(({item}) => item));
            measure.disconnect();
            measure.observe(element);
        },

        relink() {
            for (const {sample, link, more} of shown) {
                link.href = sampleAddress(sample.index);
                more.href = link.href;
            }
        },

        focus(index) {
            shown.find(({sample}) => sample.index === index)?.link.focus();
        },
    };
}
