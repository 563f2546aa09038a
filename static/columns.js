// SPDX-License-Identifier: MIT
// Which columns of a table are shown: tables can have thousands.

import {fill, h} from "./dom.js";
import {count} from "./format.js";

const AT_ONCE = 40;

// The columns that a page shows: all, or targets and a window of the others that starts at the
// look's `column`. `start` is null when all are shown.
export function columnsOf(dataset, query, look) {
    const named = query.get("features")?.split(",");
    const asked = dataset.features.filter((feature) => !named || named.includes(feature.name));
    if (asked.length <= AT_ONCE)
        return {columns: asked, start: null};
    const targets = asked.filter((feature) => feature.target).slice(0, AT_ONCE / 2);
    const others = asked.filter((feature) => !targets.includes(feature));
    const start = Math.min(Math.max(0, Math.trunc(Number(look.get("column"))) || 0),
                           others.length - 1);
    const size = AT_ONCE - targets.length;
    return {
        columns: [...targets, ...others.slice(start, start + size)],
        start,
        size,
        total: others.length,
    };
}

// The value of the parameter `features` that asks for these columns alone; null when it is not
// needed, or when a comma in a name makes it impossible.
export function columnsQuery({columns, start}) {
    if (start === null || columns.some((feature) => feature.name.includes(",")))
        return null;
    return columns.map((feature) => feature.name).join(",");
}

// Says which columns are shown and leads to the others; addressOf(column) is the address of the
// same page with the columns from that one on.
export function createColumnPager(addressOf) {
    const element = h("nav", {class: "columns", "aria-label": "Columns", hidden: true});

    function link(text, possible, column) {
        return h("a", possible ? {href: addressOf(column)} : {"aria-disabled": "true"}, text);
    }

    return {
        element,
        update({start, size, total}) {
            element.hidden = start === null;
            if (element.hidden)
                return;
            const end = Math.min(total, start + size);
            fill(element, link("‹ columns", start > 0, Math.max(0, start - size)),
                 h("span", null, `${count(start + 1)}–${count(end)} of ${count(total)}`),
                 link("columns ›", end < total, end));
        },
    };
}
