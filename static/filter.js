// SPDX-License-Identifier: MIT
// Choosing classes: for each class feature a list with how often each class occurs, which is also
// the picture of the distribution. Ticking several classes means "or".

import {fill, h} from "./dom.js";
import {count, counted} from "./format.js";
import {classValue, filterChange, filterFeatures, filterValues} from "./model.js";

const SEARCH_FROM = 13;  // classes: a list this long gets a search box and an order
const MOST_SHOWN = 400;  // rows at once; a search reaches the others

const ORDERS = {
    id: ["in order", null],
    name: ["A to Z", (a, b) => a.name.localeCompare(b.name, "en", {numeric: true})],
    most: ["most first", (a, b, split) => (b.counts[split] ?? 0) - (a.counts[split] ?? 0)],
};

// The features that get a list: superclasses are chosen through the groups of their classes.
export function listedFeatures(dataset) {
    const features = filterFeatures(dataset);
    const parents = new Set(features.map((feature) => feature.parent));
    return features.filter((feature) => !parents.has(feature.name));
}

// One list. classesFor(feature) promises its classes (model.js); goQuery(changes) changes the page.
function createClassList(dataset, feature, {classesFor, goQuery}) {
    const search = h("input", {type: "search", placeholder: "Search",
                               "aria-label": `Search the classes of ${feature.name}`,
                               oninput: render});
    const order = h("select", {"aria-label": `Order of the classes of ${feature.name}`,
                               onchange: render},
                    Object.entries(ORDERS).map(([value, [text]]) => h("option", {value}, text)));
    const tools = h("div", {class: "class-tools"}, search, order);
    tools.hidden = feature.numClasses < SEARCH_FROM;
    const list = h("ul", {class: "classes", "aria-label": `Classes of ${feature.name}`});
    const rest = h("p", {class: "soft small"});
    const summary = h("summary", {title: feature.name},
                      h("span", {class: "feature-name"}, feature.name),
                      h("small", null, counted(feature.numClasses, "class", "classes")));
    const element = h("details", {class: "class-feature", ontoggle: load}, summary, tools, list,
                      rest);
    let classes = null;
    let coming = null;      // the promise of the classes while they are on their way
    let split = null;
    let values = [];        // as the query names classes
    let chosen = new Set(); // the ids behind them
    let boxes = [];         // {input, ids}

    function load() {
        if (!classes && (element.open || values.length > 0))
            coming ??= classesFor(feature).then(arrive, fail);
    }

    function arrive(found) {
        classes = found;
        takeValues();
        render();
        revealChosen();
    }

    function fail(problem) {
        coming = null;
        rest.textContent = problem.message;
        rest.hidden = false;
    }

    function takeValues() {
        chosen = new Set(values.map((value) => classes.find(value)?.id)
            .filter((id) => id !== undefined));
    }

    function toggle(ids, on) {
        const next = new Set(chosen);
        for (const id of ids) {
            if (on)
                next.add(id);
            else
                next.delete(id);
        }
        const values = classes.list.filter((one) => next.has(one.id))
            .map((one) => classValue(one, classes));
        goQuery(filterChange(dataset, feature, values));
    }

    function row(name, ids, samples, most, group) {
        const input = h("input", {type: "checkbox",
                                  onchange: () => toggle(ids, input.checked)});
        boxes.push({input, ids});
        const bar = h("span", {class: "bar", "aria-hidden": "true"});
        bar.style.setProperty("--share", most > 0 ? samples / most : 0);
        return h("label", {class: group ? "class-row group" : "class-row", title: name},
                 input, h("span", {class: "class-name"}, name || "(no name)"),
                 h("span", {class: "class-count"}, count(samples)), !group && bar);
    }

    function render() {
        if (!classes)
            return;
        const wanted = search.value.trim().toLowerCase();
        const compare = ORDERS[order.value][1];
        const has = (text) => (text ?? "").toLowerCase().includes(wanted);
        const found = classes.list.filter((one) => has(one.name) || has(one.parent));
        if (compare)
            found.sort((a, b) => compare(a, b, split));
        const most = classes.list.reduce((max, one) => Math.max(max, one.counts[split] ?? 0), 0);
        const shown = found.slice(0, MOST_SHOWN);
        boxes = [];
        const single = (one) =>
            h("li", null, row(one.name, [one.id], one.counts[split] ?? 0, most));
        const grouped = shown.some((one) => one.parent !== null) && order.value !== "most";
        fill(list, grouped ? groups(shown, single, most) : shown.map(single));
        rest.textContent = found.length > shown.length
            ? `… and ${count(found.length - shown.length)} more: search to see them`
            : found.length === 0 ? "No class has that in its name." : "";
        rest.hidden = rest.textContent === "";
        mark();
    }

    function groups(shown, single, most) {
        const byParent = new Map();
        for (const one of shown)
            byParent.set(one.parent, [...byParent.get(one.parent) ?? [], one]);
        const parents = [...byParent.keys()].sort((a, b) => (a ?? "").localeCompare(b ?? "", "en"));
        return parents.map((parent) => {
            const all = classes.list.filter((one) => one.parent === parent);
            const samples = all.reduce((sum, one) => sum + (one.counts[split] ?? 0), 0);
            const ids = all.map((one) => one.id);
            return h("li", null, row(parent ?? "no group", ids, samples, most, true),
                     h("ul", null, byParent.get(parent).map(single)));
        });
    }

    function mark() {
        for (const {input, ids} of boxes) {
            const number = ids.filter((id) => chosen.has(id)).length;
            input.checked = number === ids.length;
            input.indeterminate = number > 0 && number < ids.length;
        }
    }

    // Scrolls the panel, and the panel alone, to the first class that the address asks for.
    function revealChosen() {
        const box = boxes.find(({input}) => input.checked || input.indeterminate);
        const panel = element.closest(".filter");
        if (box)
            panel.scrollTop += box.input.getBoundingClientRect().top
                - panel.getBoundingClientRect().top - panel.clientHeight / 3;
    }

    return {
        element,
        feature,
        open() {
            element.open = true;
        },
        update(query, nowSplit) {
            const otherSplit = split !== nowSplit;
            split = nowSplit;
            values = filterValues(dataset, query, feature);
            if (!classes) {
                load();
                return;
            }
            takeValues();
            if (otherSplit)
                render();
            else
                mark();
        },
    };
}

// The panel of all lists; null when the dataset has no classes to choose from.
export function createFilter(dataset, tools) {
    const lists = listedFeatures(dataset)
        .map((feature) => createClassList(dataset, feature, tools));
    if (lists.length === 0)
        return null;
    const element = h("aside", {class: "filter", "aria-label": "Classes"},
                      lists.map((list) => list.element));
    if (matchMedia("(min-width: 900px)").matches)
        (lists.find((list) => list.feature === dataset.label) ?? lists[0]).open();
    return {
        element,
        update(query, split) {
            for (const list of lists)
                list.update(query, split);
        },
    };
}
