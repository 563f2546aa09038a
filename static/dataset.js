// SPDX-License-Identifier: MIT
// The page of one dataset: keeps its parts in step with the address and fetches each page once.

import {createAbout, createHead} from "./about.js";
import {address, getJson, isAborted} from "./api.js";
import {createChips} from "./chips.js";
import {createClasses} from "./classes.js";
import {columnsOf, columnsQuery, createColumnPager} from "./columns.js";
import {announce, fill, h, isTyping} from "./dom.js";
import {createFilter} from "./filter.js";
import {count} from "./format.js";
import {createGrid} from "./grid.js";
import {describe, splitOf, viewOf} from "./model.js";
import {emptyNotice, problemNotice, retryButton} from "./notice.js";
import {expectedCount, foreseen, loadPage, places, spelledOut} from "./page.js";
import {createPager, rangeText} from "./pager.js";
import {createReader} from "./reader.js";
import {changed, datasetAddress, go} from "./router.js";
import {createTable} from "./table.js";
import {createToolbar, drawChange} from "./toolbar.js";
import {createUsePanel} from "./use.js";
import {createWalk} from "./walk.js";

// How a page can look: createX(dataset, sampleAddress) for each of a dataset's views.
const LISTS = {grid: createGrid, read: createReader, table: createTable};

// Shows the page in `main` until the signal says that it is over. Returns a function that takes
// later routes of the same dataset.
export function showDataset(main, route, signal) {
    let latest = route;
    let view = null;
    document.title = `${route.dataset} – Samplecase`;
    fill(main);

    async function open() {
        main.setAttribute("aria-busy", "true");
        try {
            const info = await getJson(address(["datasets", route.dataset]), signal);
            view?.end();
            view = createView(main, describe(info), signal, open);
            view.update(latest);
        } catch (error) {
            if (isAborted(error))
                return;
            view?.end();
            view = null;
            fill(main, problemNotice(error, [
                h("a", {href: ""}, "All datasets"),
                error.status !== 404 && retryButton(open),
            ]));
        }
        main.removeAttribute("aria-busy");
    }

    open();
    return (next) => {
        latest = next;
        view?.update(next);
    };
}

// The parts of an opened dataset. reopen() starts again from its description, which is needed when
// another revision of it has come.
function createView(main, dataset, signal, reopen) {
    const over = new AbortController();
    signal.addEventListener("abort", end, {signal: over.signal});
    let route = null;
    let split = null;    // the split that the route means, or null when there is none of that name
    let page = null;     // the last that came, or null
    let failed = false;  // whether something else stands in its place: what went wrong
    let pageKey = null;  // what was asked for last
    let loading = new AbortController();

    const queryAddress = (changes) => datasetAddress(
        dataset.name, changed(route.query, changes), changed(route.look, {sample: null}));
    const lookAddress = (changes) =>
        datasetAddress(dataset.name, route.query, changed(route.look, changes));
    const sampleAddress = (index) => lookAddress({sample: index});
    const offsetAddress = (offset) => queryAddress({offset: offset > 0 ? offset : null});
    const goQuery = (changes) => go(queryAddress(changes));
    const goOffset = (offset) => go(offsetAddress(offset));
    const goLook = (changes) => go(lookAddress(changes), {replace: true});

    const classes = createClasses(dataset, over.signal, () => chips.update(route.query));
    const chips = createChips(dataset, {queryAddress, knownClasses: classes.known});
    const toolbar = createToolbar(dataset, {queryAddress, goQuery, goLook, lookAddress});
    const filter = createFilter(dataset, {classesFor: classes.of, goQuery});
    const pager = createPager("Pages", offsetAddress, goOffset, chips.element);
    const pagerBelow = createPager("Pages, below", offsetAddress, goOffset);
    const columnPager = createColumnPager((column) => lookAddress({column: column || null}));
    const lists = Object.fromEntries(dataset.views.map((view) =>
        [view, LISTS[view](dataset, sampleAddress)]));
    let list = null; // the one that is shown
    const results = h("section", {class: "results", "aria-label": "Samples"});
    const use = createUsePanel(dataset);
    const walk = createWalk(dataset, shown, over.signal, (index) => list.focus(index));

    const browse = h("div", {class: filter ? "browse" : "browse wide"}, filter?.element,
                     h("div", {class: "view"}, toolbar.element, pager.element, columnPager.element,
                       results, pagerBelow.element));
    fill(main, createHead(dataset),
         h("div", {class: "panels"}, createAbout(dataset), use.element), browse, walk.element);
    pagerBelow.element.hidden = true;
    document.addEventListener("keydown", onKey, {signal: over.signal});

    function end() {
        over.abort();
        loading.abort();
    }

    function shown() {
        return {route, page: failed ? null : page, split: splitName()};
    }

    function splitName() {
        return split?.name ?? route.query.get("split");
    }

    // Takes a route of this dataset: fetches its page unless it is there already.
    function update(next) {
        route = next;
        split = splitOf(dataset, route.query);
        toolbar.update(route);
        chips.update(route.query);
        filter?.update(route.query, splitName());
        use.update(route.query, splitName());
        const view = viewOf(dataset, route.look);
        list = lists[view];
        browse.classList.toggle("reading", view === "read");
        list.zoom?.(route.look);
        list.relink();
        const columns = view === "table" ? columnsOf(dataset, route.query, route.look) : null;
        const key = JSON.stringify([route.query.toString(), view, columns?.start]);
        if (key !== pageKey)
            load(key, columns);
        showPage(columns);
        walk.update();
        const offset = Number(route.query.get("offset"));
        document.title = [dataset.title || dataset.name, splitName(),
                          offset > 0 && `from ${count(offset)}`].filter(Boolean).join(" · ")
            + " – Samplecase";
    }

    async function load(key, columns) {
        const {query} = route;
        const asked = list;
        const first = page === null;
        pageKey = key;
        loading.abort();
        loading = new AbortController();
        const now = loading.signal;
        results.setAttribute("aria-busy", "true");
        if (first && split && list.reserve) {
            list.reserve(expectedCount(dataset, query, split));
            fill(results, list.element);
        }
        try {
            const loaded = await loadPage(dataset, query, columns && columnsQuery(columns), now);
            await asked.load(spelledOut(dataset, query), loaded.samples, columns?.columns, now);
            page = loaded;
            failed = false;
            fill(results, page.count > 0 ? asked.element : nothing());
            showPage(columns);
            if (!first && toolbar.element.getBoundingClientRect().top < 0)
                toolbar.element.scrollIntoView();
            announce(`Samples ${rangeText(page)}`);
            walk.update();
        } catch (error) {
            if (isAborted(error))
                return;
            if (error.status === 410) {
                reopen();
                return;
            }
            failed = true;
            pageKey = null;
            fill(results, problemNotice(error, [
                h("a", {href: datasetAddress(dataset.name)}, "Show all samples"),
                error.status === 0 && retryButton(() => update(route)),
            ]));
            showPage(null);
        }
        results.removeAttribute("aria-busy");
    }

    // The page that is shown or on its way, or null.
    function present() {
        return failed ? null : foreseen(page, route.query) ?? page;
    }

    function showPage(columns) {
        const now = present();
        pager.element.hidden = failed;
        pager.element.classList.toggle("pending", !now);
        pagerBelow.element.hidden = !now || now.total <= now.limit;
        if (now) {
            pager.update(now);
            pagerBelow.update(now);
        }
        columnPager.update(now && columns ? columns : {start: null});
    }

    function nothing() {
        if (page.total === 0)
            return emptyNotice("No sample", "No sample of this split has all that is asked for.",
                               [h("a", {href: datasetAddress(dataset.name)}, "Show all samples")]);
        return emptyNotice(
            "Past the end", `This page starts after the last of ${count(page.total)} samples.`,
            [h("a", {href: offsetAddress(places(page).last)}, "Last page"),
             h("a", {href: offsetAddress(0)}, "First page")]);
    }

    function onKey(event) {
        if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isTyping(event) ||
            walk.isOpen())
            return;
        if (event.key === "r") {
            goQuery(drawChange());
            return;
        }
        if (event.target.closest(".table-scroll:not(.fits)"))
            return; // the arrow keys scroll it
        const now = present();
        const at = now && places(now);
        if (event.key === "ArrowRight" && at?.hasNext)
            goOffset(at.next);
        else if (event.key === "ArrowLeft" && at?.hasPrevious)
            goOffset(at.previous);
    }

    return {update, end};
}
