// SPDX-License-Identifier: MIT
// What stands on the card of a dataset that has no pictures: its first rows, or a quotation of its
// texts.

import {address, getJson} from "./api.js";
import {fill, h} from "./dom.js";
import {column} from "./format.js";
import {isForReading} from "./model.js";
import {valueText} from "./table.js";

const ROWS = 6;
const COLUMNS = 5;
const QUOTES = 2;
const DRAWN = 12; // samples among which the quotations are looked for

// Fills the card's picture; where that fails it stays empty, since the card is as good without it.
export async function showPreview(picture, dataset, signal) {
    const load = async (query) => (await getJson(
        address(["datasets", dataset, "samples"], new URLSearchParams(query)), signal)).samples;
    try {
        const samples = await load({limit: ROWS});
        if (samples.length > 0 && readsAsText(samples[0]))
            showQuotes(picture, await load({limit: DRAWN, order: "shuffle"}));
        else if (samples.length > 0)
            showRows(picture, samples);
    } catch {
        fill(picture);
    }
}

function isText(value) {
    return typeof value === "string" || (value !== null && typeof value === "object" &&
                                         "ids" in value);
}

function isClass(value) {
    return value !== null && typeof value === "object" && "id" in value;
}

function readsAsText({index, ...values}) {
    const all = Object.values(values);
    const texts = all.filter(isText).length;
    return isForReading(texts, all.length - texts - all.filter(isClass).length);
}

function showRows(picture, samples) {
    const names = Object.keys(samples[0]).filter((name) => name !== "index");
    const shown = names.length <= COLUMNS ? names : [...names.slice(0, COLUMNS - 1), names.at(-1)];
    const formats = shown.map((name) => column(samples.map((sample) => sample[name])));
    const cell = (value, format) => typeof value === "number" ? format(value) : valueText(value);
    const kind = (name) => samples.some((sample) => isText(sample[name])) ? "text" : null;
    picture.classList.add("rows");
    fill(picture, h("table", {"aria-hidden": "true"},
        h("thead", null, h("tr", null, shown.map((name) =>
            h("th", {class: kind(name)}, name)))),
        h("tbody", null, samples.map((sample) => h("tr", null,
            shown.map((name, i) => h("td", {class: kind(name)},
                                   cell(sample[name], formats[i]))))))));
}

// The beginnings of a few texts, of different classes where there are any.
function showQuotes(picture, samples) {
    const quotes = [];
    for (const {index, ...sample} of samples) {
        const values = Object.values(sample);
        const texts = values.filter(isText).map((value) => valueText(value, 40));
        const longest = texts.reduce((most, text) => text.length > most.length ? text : most, "");
        const by = values.find(isClass)?.name ?? "";
        quotes.push({text: longest.trim(), by});
    }
    const good = quotes.filter(({text}) => text !== "");
    const chosen = good.slice(0, 1);
    for (const quote of good.slice(1))
        if (chosen.length < QUOTES && chosen.every(({by}) => by !== quote.by))
            chosen.push(quote);
    for (const quote of good)
        if (chosen.length < QUOTES && !chosen.includes(quote))
            chosen.push(quote);
    picture.classList.add("quotes");
    fill(picture, chosen.map(({text, by}) => h("span", {class: "quote", "aria-hidden": "true"},
        by && h("span", {class: "quote-by"}, by),
        h("span", {class: "quote-text", dir: "auto"}, text))));
}
