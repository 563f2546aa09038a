// SPDX-License-Identifier: MIT
// What a page is made of: split, order, page size, zoom or the way to read.

import {fill, h} from "./dom.js";
import {count} from "./format.js";
import {zoomOf, zoomSteps} from "./grid.js";
import {splitOf, viewOf} from "./model.js";
import {pageSize} from "./page.js";
import {isShrunk, tileSize} from "./sheet.js";

const PAGE_SIZES = [25, 50, 100, 200, 500, 1000];
const PAGE_SIZES_OF_TEXTS = [10, 20, 50, 100, 200];
const VIEW_NAMES = {read: "Read", table: "Table"};

// A seed that is short enough to read out.
function newSeed() {
    return crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000;
}

// The changes to a query that draw anew.
export function drawChange() {
    return {order: "shuffle", seed: String(newSeed()), epoch: null, offset: null, indices: null};
}

// queryAddress(changes) is the address of the page with its query changed, goQuery(changes) goes
// there, goLook(changes) changes the view alone, lookAddress(changes) is the address of that.
export function createToolbar(dataset, {queryAddress, goQuery, goLook, lookAddress}) {
    const splits = h("div", {class: "segments", role: "group", "aria-label": "Split"});
    const inOrder = h("a", {class: "segment in-order"}, "In order");
    const random = h("a", {class: "segment random"}, "Random");
    const seed = h("input", {type: "text", inputmode: "numeric", class: "seed", maxlength: "20",
                             autocomplete: "off", "aria-label": "Seed of the random order"});
    const draw = h("button", {type: "button", class: "draw", title: "Draw anew (R)",
                              onclick: () => goQuery(drawChange())}, "Redraw");
    const seedForm = h("form", {class: "seed-form", onsubmit: submitSeed},
                       h("label", null, "seed ", seed), draw);
    const sizes = h("select", {"aria-label": "Samples on a page", class: "page-size",
                               onchange: changeSize});
    const zoom = h("input", {type: "range", min: "0", step: "1", class: "zoom",
                             "aria-label": "Zoom", oninput: changeZoom});
    const views = h("div", {class: "segments", role: "group", "aria-label": "View"});
    const zoomText = h("output", {class: "zoom-text"});
    const element = h("div", {class: "toolbar", role: "group", "aria-label": "What is shown"},
        dataset.splits.length > 1 && splits,
        h("div", {class: "segments", role: "group", "aria-label": "Order"}, inOrder, random),
        seedForm,
        h("span", {class: "spring"}),
        sizes,
        dataset.views.length > 1 && views,
        dataset.image && h("label", {class: "field zoom-field"}, "Zoom ", zoom, zoomText));

    function submitSeed(event) {
        event.preventDefault();
        const text = seed.value.trim();
        goQuery({...drawChange(), ...(text === "" ? {} : {seed: text})});
    }

    function changeSize() {
        const isUsual = sizes.value === String(pageSize(dataset));
        goQuery({limit: isUsual ? null : sizes.value, offset: null});
    }

    function changeZoom() {
        goLook({zoom: zoomSteps(dataset.image)[zoom.value]});
    }

    function zoomName(zoom) {
        if (isShrunk(dataset.image))
            return `${Math.round(tileSize(dataset.image).width * zoom)} px`;
        return zoom < 1 ? `1/${1 / zoom}` : `${zoom}×`;
    }

    function segment(link, href, current) {
        link.href = href;
        if (current)
            link.setAttribute("aria-current", "true");
        else
            link.removeAttribute("aria-current");
    }

    return {
        element,

        update({query, look}) {
            const current = splitOf(dataset, query);
            fill(splits, dataset.splits.map((split) => {
                const link = h("a", {class: "segment", "data-split": split.name}, split.name, " ",
                               h("small", null, count(split.numSamples)));
                const change = {split: split.name, offset: null, indices: null};
                segment(link, queryAddress(change), split === current);
                return link;
            }));
            const shuffled = query.get("order") === "shuffle";
            segment(inOrder, queryAddress({order: null, seed: null, epoch: null, offset: null}),
                    !shuffled);
            segment(random, queryAddress(shuffled ? {} : drawChange()), shuffled);
            seedForm.hidden = !shuffled;
            seed.value = query.get("seed") ?? "0";
            const limit = query.get("limit") ?? String(pageSize(dataset));
            const offered = (dataset.views[0] === "read" ? PAGE_SIZES_OF_TEXTS : PAGE_SIZES)
                .map(String);
            if (!offered.includes(limit))
                offered.push(limit);
            fill(sizes, offered.map((size) => h("option", {value: size, selected: size === limit},
                                                `${size} a page`)));
            fill(views, dataset.views.map((view) => {
                const link = h("a", {class: "segment", "data-view": view}, VIEW_NAMES[view]);
                segment(link, lookAddress({view: view === dataset.views[0] ? null : view}),
                        view === viewOf(dataset, look));
                return link;
            }));
            if (dataset.image) {
                const steps = zoomSteps(dataset.image);
                const now = zoomOf(dataset.image, look);
                zoom.max = String(steps.length - 1);
                zoom.value = String(steps.indexOf(now));
                zoomText.textContent = zoomName(now);
                zoom.setAttribute("aria-valuetext", zoomText.textContent);
            }
        },
    };
}
