// SPDX-License-Identifier: MIT
// "Use it": the page as commands and addresses to take along.

import {address} from "./api.js";
import {copyButton} from "./copy.js";
import {fill, h} from "./dom.js";

const MOST_ARRAYS = 16; // lines of the numpy snippet; tables can have thousands of columns

// The numpy snippet that reads the whole arrays of a split.
function numpySnippet(dataset, split) {
    const shown = dataset.features.slice(0, MOST_ARRAYS);
    const lines = shown.map((feature) => {
        const url = address(["datasets", dataset.name, "arrays", split, `${feature.name}.npy`]);
        return `    ${JSON.stringify(feature.name)}: ${JSON.stringify(url)},`;
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
            const samples = address(["datasets", dataset.name, "samples"], query);
            const sheet = address(["datasets", dataset.name, "sheet.png"], query);
            fill(body,
                 snippet("The address of this view", location.href),
                 snippet("These samples as JSON", `curl '${samples}'`),
                 dataset.image && snippet("Their contact sheet", `curl -o sheet.png '${sheet}'`),
                 snippet(`The whole split “${split}” as NumPy arrays`,
                         numpySnippet(dataset, split)));
        },
    };
}
