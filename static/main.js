// SPDX-License-Identifier: MIT
// Starts the gallery: shows the page that the address names.

import {showDataset} from "./dataset.js";
import {fill, h} from "./dom.js";
import {showHome} from "./home.js";
import {emptyNotice} from "./notice.js";
import {start} from "./router.js";

const main = document.getElementById("main");
const crumb = document.getElementById("crumb");
let started = false;
let page = {over: new AbortController(), dataset: null, update: null};

// Steps within one dataset update its page; anything else puts a new page in its place.
function show(route) {
    if (route.page === "dataset" && route.dataset === page.dataset) {
        page.update(route);
        return;
    }
    page.over.abort();
    const over = new AbortController();
    page = {over, dataset: null, update: null};
    crumb.textContent = "";
    if (started) {
        scrollTo(0, 0);
        main.focus({preventScroll: true});
    }
    started = true;
    if (route.page === "home") {
        showHome(main, over.signal);
    } else if (route.page === "dataset") {
        page.dataset = route.dataset;
        crumb.textContent = route.dataset;
        page.update = showDataset(main, route, over.signal);
    } else {
        document.title = "Nothing here – Samplecase";
        fill(main, emptyNotice("Nothing here", "This address names no page of the gallery.",
                               [h("a", {href: ""}, "All datasets")]));
    }
}

document.getElementById("skip").addEventListener("click", () => main.focus());
start(show);
