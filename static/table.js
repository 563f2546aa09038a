// SPDX-License-Identifier: MIT
// A page of samples as a table: a row each, a column for each feature.

import {fill, h} from "./dom.js";
import {column, count} from "./format.js";

// A value in words; of an array the first `most` numbers.
export function valueText(value, most = 6) {
    if (value === null || value === undefined)
        return "–";
    if (Array.isArray(value))
        return arrayText(value.flat(Infinity), most);
    if (typeof value === "object" && "ids" in value)
        return value.text ?? arrayText(value.ids, most);
    if (typeof value === "object")
        return "id" in value ? value.name ?? "–" : JSON.stringify(value);
    return String(value);
}

function arrayText(flat, most) {
    const start = flat.slice(0, most).map((one) => valueText(one)).join(", ");
    return flat.length > most ? `[${start}, …] (${count(flat.length)} values)` : `[${start}]`;
}

// A table whose rows link to sampleAddress(index). `element` goes into the page.
export function createTable(dataset, sampleAddress) {
    const body = h("div", {class: "table-scroll", tabindex: "0", role: "region",
                           "aria-label": "Samples as a table"});
    let links = [];

    // Where no column is out of sight the page scrolls alone, and the headings stick to its top.
    const measure = new ResizeObserver(() => {
        body.classList.toggle("fits", body.firstChild?.scrollWidth <= body.clientWidth);
    });
    measure.observe(body);

    function heading(feature) {
        return h("th", {scope: "col", class: cellClass(feature)},
                 feature.name, feature.target && h("span", {class: "badge"}, "target"));
    }

    function row(sample, columns, formats) {
        const link = h("a", {href: sampleAddress(sample.index), "data-index": sample.index,
                             "aria-label": `Sample ${sample.index}`}, count(sample.index));
        links.push({link, index: sample.index});
        return h("tr", {onclick: (event) => {
            if (!event.target.closest("a") && getSelection().isCollapsed)
                link.click();
        }}, h("th", {scope: "row", class: "index"}, link), columns.map((feature, i) => {
            const value = sample[feature.name];
            const isNumber = typeof value === "number";
            const text = isNumber ? formats[i](value) : valueText(value);
            return h("td", {class: cellClass(feature),
                            title: value === null ? "missing" : isNumber ? String(value) : text},
                     feature.isText ? h("span", {class: "cut", dir: "auto"}, text) : text);
        }));
    }

    return {
        element: body,

        // Shows the columns of the samples; there is nothing to fetch besides.
        async load(query, samples, columns) {
            links = [];
            const formats = columns.map((feature) =>
                column(samples.map((sample) => sample[feature.name])));
            fill(body, h("table", {class: "samples"},
                h("thead", null, h("tr", null,
                                   h("th", {scope: "col", class: "index"}, "index"),
                                   columns.map(heading))),
                h("tbody", null, samples.map((sample) => row(sample, columns, formats)))));
            measure.disconnect();
            measure.observe(body);
            measure.observe(body.firstChild);
        },

        relink() {
            for (const {link, index} of links)
                link.href = sampleAddress(index);
        },

        focus(index) {
            links.find((one) => one.index === index)?.link.focus();
        },
    };
}

function cellClass(feature) {
    const classes = [];
    if (feature.kind === "scalar")
        classes.push("number");
    if (feature.isText)
        classes.push("text");
    if (feature.target)
        classes.push("target");
    return classes.join(" ") || null;
}
