// SPDX-License-Identifier: MIT
// "Use it": the page as commands and addresses to take along.

import {address} from "./api.js";
import {copyButton} from "./copy.js";
import {fill, h} from "./dom.js";
import {spelledOut} from "./page.js";

const MOST_ARRAYS = 16; // lines of the numpy snippet; tables can have thousands of columns

// The names of the arrays that hold a feature.
function arraysOf({name, isText, isMixed, storage}) {
    if (isText || storage === "encoded")
        return [`${name}.values`, `${name}.offsets`];
    return isMixed ? [] : [name];
}

// The line of Python that parts a feature's values into those of each sample; null for plain rows.
function partingLine({name, kind, isText, storage}) {
    if (!isText && storage !== "encoded")
        return null;
    const part = kind === "tokens" ? "part" : kind === "text" ? "part.tobytes().decode()"
                                                              : "part.tobytes()";
    const values = `data[${JSON.stringify(`${name}.values`)}]`;
    const offsets = `data[${JSON.stringify(`${name}.offsets`)}][1:-1]`;
    return `data[${JSON.stringify(name)}] = [${part} for part in np.split(${values}, ${offsets})]`;
}

// The numpy snippet that reads the whole arrays of a split.
function numpySnippet(dataset, split) {
    const shown = dataset.features.slice(0, MOST_ARRAYS);
    const lines = shown.flatMap(arraysOf).map((name) => {
        const url = address(["datasets", dataset.name, "arrays", split, `${name}.npy`]);
        return `    ${JSON.stringify(name)}: ${JSON.stringify(url)},`;
    });
    if (dataset.features.length > shown.length)
        lines.push(`    # … and ${dataset.features.length - shown.length} more`);
    return [
        "import io, urllib.request",
        "import numpy as np",
        "",
        "urls = {",
        ...lines,
        "}",
        "data = {name: np.load(io.BytesIO(urllib.request.urlopen(url).read()))",
        "        for name, url in urls.items()}",
        ...shown.map(partingLine).filter(Boolean),
    ].join("\n");
}

// The panel; update(query, split) takes the query of the page and the name of its split.
export function createUsePanel(dataset) {
    const body = h("div", {class: "panel-body"});
    const element = h("details", {class: "panel"}, h("summary", null, "Use it"), body);

    function snippet(title, text) {
        return h("section", {class: "snippet"},
                 h("header", null, h("h3", null, title), copyButton("Copy", () => text)),
                 h("pre", {tabindex: "0", "aria-label": title}, h("code", null, text)));
    }

    return {
        element,
        update(query, split) {
            const asked = spelledOut(dataset, query);
            const samples = address(["datasets", dataset.name, "samples"], asked);
            const sheet = address(["datasets", dataset.name, "sheet.png"], asked);
            fill(body,
                 snippet("The address of this view", location.href),
                 snippet("These samples as JSON", `curl '${samples}'`),
                 dataset.image && snippet("Their contact sheet", `curl -o sheet.png '${sheet}'`),
                 snippet(`The whole split “${split}” as NumPy arrays`,
                         numpySnippet(dataset, split)));
        },
    };
}
