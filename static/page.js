// SPDX-License-Identifier: MIT
// One page of samples: the window of a selection that the server answers with.

import {address, getJson} from "./api.js";
import {changed} from "./router.js";

export const PAGE_SIZE = 100; // what the server takes when the query names no limit

// Fetches the page that a query selects; `features` names some features, or is null for all.
export async function loadPage(dataset, query, features, signal) {
    const asked = changed(query, {rev: dataset.revision, ...(features ? {features} : {})});
    const answer = await getJson(address(["datasets", dataset.name, "samples"], asked), signal);
    return {
        selection: selectionOf(query),
        offset: answer.offset,
        limit: answer.limit,
        total: answer.total,
        count: answer.samples.length,
        samples: answer.samples,
    };
}

// The page that a query will give as far as another page of the same selection tells; null when it
// does not.
export function foreseen(page, query) {
    const offset = Number(query.get("offset"));
    if (!page || page.selection !== selectionOf(query) || !Number.isSafeInteger(offset))
        return null;
    const count = Math.max(0, Math.min(page.limit, page.total - offset));
    return {...page, offset, count};
}

// The query but for the place in the selection, as text.
function selectionOf(query) {
    return changed(query, {offset: null}).toString();
}

// How many samples a page can have at most, before the server has said how many it has.
export function expectedCount(query, split) {
    const limit = Number(query.get("limit") ?? PAGE_SIZE);
    return Number.isSafeInteger(limit) ? Math.max(0, Math.min(limit, split.numSamples, 1000)) : 0;
}

// Where the pages around a page start. `last` is the start of the last one.
export function places({offset, limit, total}) {
    const last = Math.max(0, Math.ceil(total / limit) - 1) * limit;
    return {
        first: 0,
        previous: Math.min(Math.max(0, offset - limit), last),
        next: offset + limit,
        last,
        page: Math.floor(offset / limit) + 1,
        pages: Math.max(1, Math.ceil(total / limit)),
        hasPrevious: offset > 0,
        hasNext: offset + limit < total,
    };
}
