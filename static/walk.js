// SPDX-License-Identifier: MIT
// The sample that is shown large, named in the address, and the steps to the ones beside it in the
// order of the page.

import {loadPage, places} from "./page.js";
import {cameFrom, changed, datasetAddress, go} from "./router.js";
import {createSampleDialog} from "./sample.js";

// current() gives {route, page, split}: what is shown at the moment, page may be null.
// onClosed(index) is called when the dialog has closed.
export function createWalk(dataset, current, signal, onClosed) {
    let last = null; // the sample that was shown
    const dialog = createSampleDialog(dataset, {step, neighbours, close});

    function shown() {
        const text = current().route.look.get("sample");
        return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
    }

    function addressOf(query, sample) {
        return datasetAddress(dataset.name, query, changed(current().route.look, {sample}));
    }

    // Where the sample stands on the page; -1 when it is not on it.
    function place() {
        const index = shown();
        return current().page?.samples.findIndex((sample) => sample.index === index) ?? -1;
    }

    function neighbours() {
        const {page} = current();
        const at = place();
        return {
            previous: at > 0 || (at === 0 && page.offset > 0),
            next: at >= 0 && page.offset + at + 1 < page.total,
        };
    }

    // Past the edge of the page the page turns too.
    function step(by) {
        const can = neighbours();
        if (by < 0 ? !can.previous : !can.next)
            return;
        const {route, page} = current();
        const beside = page.samples[place() + by];
        if (beside)
            go(addressOf(route.query, beside.index), {replace: true});
        else
            turn(route.query, page, by);
    }

    async function turn(query, page, by) {
        const at = places(page);
        const offset = by < 0 ? at.previous : at.next;
        const turned = changed(query, {offset: offset > 0 ? offset : null});
        let sample = null;
        try {
            const {samples} = await loadPage(dataset, turned, null, signal);
            sample = samples.at(by < 0 ? -1 : 0).index;
        } catch {
            // Without a sample the turned page is shown, which says what is wrong.
        }
        if (!signal.aborted)
            go(addressOf(turned, sample), {replace: true});
    }

    function close() {
        const page = addressOf(current().route.query, null);
        if (cameFrom() === page)
            history.back();
        else
            go(page, {replace: true});
    }

    function update() {
        const index = shown();
        dialog.update(current().split, index);
        if (index === null && last !== null)
            onClosed(last);
        last = index;
    }

    // On the document: a click into the dialog takes the focus out of it.
    document.addEventListener("keydown", (event) => {
        const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (!dialog.element.open || by === undefined || event.ctrlKey || event.altKey ||
            event.metaKey || event.shiftKey)
            return;
        event.preventDefault();
        step(by);
    }, {signal});
    signal.addEventListener("abort", () => dialog.update(null, null));

    return {
        element: dialog.element,
        isOpen: () => dialog.element.open,
        update,
    };
}
