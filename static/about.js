// SPDX-License-Identifier: MIT
// What a dataset is and where it came from: the head of its page and the panel with the details.

import {address} from "./api.js";
import {h, outgoing} from "./dom.js";
import {bytes, count, counted, shape, words} from "./format.js";

const SHORT = 30; // characters of a licence's name; longer ones stand in the panel alone

// Title, facts in a line, description, warnings.
export function createHead(dataset) {
    const classes = dataset.label && counted(dataset.label.numClasses, "class", "classes");
    const isTable = dataset.views[0] === "table";
    const facts = [
        counted(dataset.num_samples, "sample"),
        dataset.image && `images ${sizesOf(dataset.image)}`,
        isTable && counted(dataset.features.length, "column"),
        dataset.texts.length > 0 && !isTable && kindsOf(dataset.texts),
        classes,
        bytes(dataset.bytes),
        dataset.license.length <= SHORT && dataset.license,
    ].filter(Boolean);
    return h("header", {class: "head"},
        h("h1", null, dataset.title || dataset.name),
        h("p", {class: "facts-line"}, h("code", null, dataset.name),
          facts.map((fact) => h("span", null, fact)),
          dataset.homepage && h("span", null, outgoing(dataset.homepage, "homepage"))),
        dataset.description && h("p", {class: "description"}, dataset.description),
        dataset.warnings.map((warning) =>
            h("p", {class: "warning"}, h("strong", null, "Note "), warning)),
        dataset.setAside.total > 0 && setAside(dataset.setAside));
}

// The files that could not be used, with the reasons.
function setAside({total, files}) {
    const body = h("ul", {class: "aside-files", tabindex: "0", "aria-label": "Files set aside"});
    const sentence = total === 1 ? "1 file was set aside" : `${count(total)} files were set aside`;
    return h("details", {class: "warning set-aside", ontoggle: () => {
        if (!body.hasChildNodes())
            body.append(...files.map(({file, reason}) =>
                h("li", null, h("code", null, file), " ", reason)),
                        ...(total > files.length
                            ? [h("li", null, `… and ${count(total - files.length)} more`)] : []));
    }}, h("summary", null, h("strong", null, sentence), " at the import"), body);
}

// How large the samples of a feature are.
function sizesOf(feature) {
    if (feature.isMixed)
        return "of mixed sizes";
    return feature.isText ? "any length" : shape(feature.shape);
}

function kindsOf(texts) {
    return texts.some((feature) => feature.kind === "text") ? "texts" : "texts as tokens";
}

// More about a feature that its kind does not say.
function remark(feature) {
    if (feature.parent)
        return ["in groups of ", h("code", null, feature.parent)];
    if (feature.kind === "tokens")
        return feature.numWords > 0 ? `${count(feature.numWords)} words known` : "words not known";
    if (feature.isMixed)
        return feature.storage === "in_place" ? "the files stay where they are"
                                              : "kept as they came";
    return null;
}

function featureRow(feature) {
    const kind = feature.kind === "class" ? counted(feature.numClasses, "class", "classes")
                                          : feature.kind;
    return h("tr", null,
        h("th", {scope: "row"}, feature.name,
          feature.target && h("span", {class: "badge"}, "target")),
        h("td", null, kind),
        h("td", null, h("code", null, feature.dtype)),
        h("td", null, sizesOf(feature)),
        h("td", null, remark(feature)));
}

function sourceItem({file, bytes: size, sha256}) {
    return h("li", null, file, " ",
             h("small", null, bytes(size), sha256 && [", SHA-256 ", h("code", null, sha256)]));
}

function tableOf(caption, headings, rows) {
    return h("div", {class: "table-scroll"}, h("table", {class: "facts-table"},
        h("caption", null, caption),
        h("thead", null, h("tr", null, headings.map((text) => h("th", {scope: "col"}, text)))),
        h("tbody", null, rows)));
}

// The panel "About": features, splits, licence, citation, sources, revision.
export function createAbout(dataset) {
    const body = h("div", {class: "panel-body"});
    const element = h("details", {class: "panel", ontoggle: build}, h("summary", null, "About"),
                      body);

    function build() {
        if (!element.open || body.hasChildNodes())
            return;
        const entry = (name, value) => value && [h("dt", null, name), h("dd", null, value)];
        body.append(
            tableOf("Features", ["name", "kind", "stored as", "shape", ""],
                    dataset.features.map(featureRow)),
            tableOf("Splits", ["name", "samples", "size"], dataset.splits.map((split) =>
                h("tr", null, h("th", {scope: "row"}, split.name),
                  h("td", {class: "number"}, count(split.numSamples)),
                  h("td", {class: "number"}, bytes(split.bytes))))),
            h("dl", null,
              entry("Task", dataset.task && words(dataset.task)),
              entry("Licence", dataset.license),
              entry("Citation", dataset.citation),
              entry("Homepage", dataset.homepage && outgoing(dataset.homepage, dataset.homepage)),
              entry("Made from", dataset.sources?.length > 0 && h("ul", null,
                  dataset.sources.map(sourceItem))),
              entry("Added", dataset.created),
              entry("Revision", h("code", null, dataset.revision)),
              entry("As JSON", h("a", {href: address(["datasets", dataset.name]), target: "_blank"},
                                 `datasets/${dataset.name}`))));
    }

    return element;
}
