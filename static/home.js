// SPDX-License-Identifier: MIT
// The start page: a card for each dataset.

import {address, getJson, isAborted} from "./api.js";
import {announce, fill, h} from "./dom.js";
import {bytes, count, counted, words} from "./format.js";
import {emptyNotice, problemNotice, retryButton} from "./notice.js";
import {showPreview} from "./preview.js";
import {datasetAddress} from "./router.js";

const SEARCH_FROM = 9; // datasets

async function allDatasets(signal) {
    const datasets = [];
    let url = address(["datasets"], new URLSearchParams({limit: "1000"}));
    while (url) {
        const page = await getJson(url, signal);
        datasets.push(...page.datasets);
        url = page.next && new URL(page.next, document.baseURI).href;
    }
    return datasets;
}

// Shows the start page in `main` until the signal says that it is over.
export function showHome(main, signal) {
    document.title = "Samplecase";
    const search = h("input", {type: "search", placeholder: "Search datasets",
                               "aria-label": "Search datasets", oninput: sift});
    const heading = h("h1", null, "Datasets");
    const total = h("span", {class: "soft"});
    const cards = h("ul", {class: "cards", "aria-label": "Datasets"});
    const none = h("p", {class: "soft", hidden: true}, "No dataset has that in its name.");
    const head = h("header", {class: "home-head"}, heading, total, h("span", {class: "spring"}),
                   search);
    search.hidden = true;
    fill(main, head, cards, none);
    const previews = new IntersectionObserver(fillPreviews, {rootMargin: "200px"});
    signal.addEventListener("abort", () => previews.disconnect());
    let known = null; // what is shown, as text

    function sift() {
        const wanted = search.value.trim().toLowerCase();
        let left = 0;
        for (const item of cards.children) {
            item.hidden = !item.dataset.words.includes(wanted);
            left += item.hidden ? 0 : 1;
        }
        none.hidden = left > 0;
        announce(counted(left, "dataset"));
    }

    function fillPreviews(entries) {
        for (const entry of entries) {
            if (entry.isIntersecting) {
                previews.unobserve(entry.target);
                showPreview(entry.target, entry.target.dataset.dataset, signal);
            }
        }
    }

    async function load() {
        main.setAttribute("aria-busy", "true");
        try {
            const datasets = await allDatasets(signal);
            const text = JSON.stringify(datasets);
            if (text !== known)
                render(datasets);
            known = text;
        } catch (error) {
            if (isAborted(error))
                return;
            known = null;
            fill(cards);
            fill(main, head, cards, none, problemNotice(error, [retryButton(() => {
                fill(main, head, cards, none);
                load();
            })]));
        }
        main.removeAttribute("aria-busy");
    }

    function render(datasets) {
        if (datasets.length === 0) {
            fill(main, welcome());
            return;
        }
        fill(main, head, cards, none);
        const samples = datasets.reduce((sum, one) => sum + one.num_samples, 0);
        total.textContent = `${count(datasets.length)}, with ${counted(samples, "sample")} in all`;
        search.hidden = datasets.length < SEARCH_FROM;
        fill(cards, datasets.map((one) => card(one, previews)));
        sift();
        announce("");
    }

    // Datasets come and go while the page is open: look again when the reader comes back to it.
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible")
            load();
    }, {signal});
    load();
}

function welcome() {
    return emptyNotice("No datasets yet", null, [
        h("span", null, "Add one on the command line; this page shows it when you come back:"),
        h("pre", null, h("code", null, [
            "samplecase add my_data data.csv",
            "samplecase add photos cifar-100-binary.tar.gz",
        ].join("\n"))),
        h("span", null, h("code", null, "samplecase formats"), " lists what can be read."),
    ]);
}

function splitsText(dataset) {
    const splits = Object.entries(dataset.splits);
    if (splits.length <= 1)
        return counted(dataset.num_samples, "sample");
    return splits.map(([name, about]) => `${count(about.num_samples)} ${name}`).join(" · ");
}

function card(dataset, previews) {
    const picture = h("span", {class: "card-picture", "data-dataset": dataset.name});
    if (dataset.thumbnail_url) {
        const image = h("img", {
            src: new URL(dataset.thumbnail_url, document.baseURI).href,
            alt: "", loading: "lazy", decoding: "async",
            onload: () => image.classList.toggle("shrunk", image.naturalWidth > image.width),
        });
        picture.append(image);
    } else {
        previews.observe(picture);
    }
    return h("li", {
        class: "card",
        "data-words": `${dataset.name} ${dataset.title} ${words(dataset.task)}`.toLowerCase(),
    }, h("a", {href: datasetAddress(dataset.name)}, picture,
         h("span", {class: "card-text"},
           h("strong", {class: "card-title"}, dataset.title || dataset.name),
           h("code", null, dataset.name),
           h("span", {class: "soft"}, splitsText(dataset)),
           h("span", {class: "soft small"}, words(dataset.task), " · ", bytes(dataset.bytes)))));
}
