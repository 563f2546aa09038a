// SPDX-License-Identifier: MIT
// First, previous, next, last and "go to page". Pages are windows of `limit` samples.

import {h} from "./dom.js";
import {count} from "./format.js";
import {places} from "./page.js";

// A pager, with more elements after its range if they are given. addressOf(offset) is the address
// of the page that starts there, go(offset) goes there.
export function createPager(label, addressOf, go, ...more) {
    const range = h("span", {class: "range"});
    const first = step("first", "First page", "«");
    const previous = step("previous", "Previous page (←)", "‹");
    const next = step("next", "Next page (→)", "›");
    const last = step("last", "Last page", "»");
    const input = h("input", {type: "text", inputmode: "numeric", class: "page-number",
                              "aria-label": "Page number", autocomplete: "off"});
    const pages = h("span", null);
    const form = h("form", {class: "go-to", onsubmit: submit}, h("label", null, "Page ", input),
                   " of ", pages);
    const element = h("nav", {class: "pager", "aria-label": label},
                      h("span", {class: "range-row"}, range, more),
                      h("span", {class: "steps"}, first, previous, form, next, last));
    let shown = null;

    function step(name, title, sign) {
        return h("a", {class: `step ${name}`, title, "aria-label": title}, sign);
    }

    function submit(event) {
        event.preventDefault();
        const page = Number(input.value.replaceAll(/[\s,.]/g, ""));
        const {pages: most} = places(shown);
        if (Number.isSafeInteger(page))
            go((Math.min(Math.max(page, 1), most) - 1) * shown.limit);
        input.value = count(places(shown).page);
        input.select();
    }

    function link(anchor, possible, offset) {
        if (possible)
            anchor.href = addressOf(offset);
        else
            anchor.removeAttribute("href");
        anchor.ariaDisabled = possible ? null : "true";
    }

    return {
        element,

        // Takes a page (page.js).
        update(now) {
            shown = now;
            const at = places(now);
            link(first, at.hasPrevious, at.first);
            link(previous, at.hasPrevious, at.previous);
            link(next, at.hasNext, at.next);
            link(last, at.hasNext, at.last);
            range.textContent = rangeText(now);
            input.value = count(at.page);
            input.style.width = `${count(Math.max(at.page, at.pages)).length + 2}ch`;
            pages.textContent = count(at.pages);
            element.classList.toggle("single", at.pages === 1 && now.offset === 0);
        },
    };
}

// "101–200 of 50,000"
export function rangeText({offset, total, count: shown}) {
    if (shown === 0)
        return `none of ${count(total)}`;
    if (shown === total)
        return `all ${count(total)}`;
    return `${count(offset + 1)}–${count(offset + shown)} of ${count(total)}`;
}
