// SPDX-License-Identifier: MIT
// One page of samples: the window of a selection that the server answers with.

import {address, getJson} from "./api.js";
import {changed} from "./router.js";

const SERVERS_LIMIT = 100; // samples on a page when the query names no limit
const LIMIT_OF_TEXTS = 20;
const LIMIT_OF_MIXED = 50; // pictures of mixed sizes, which are drawn on demand
const FIRST_CHARACTERS = "600"; // of a text on a page of many

// How many samples stand on a page when its address does not say.
export function pageSize(dataset) {
    if (dataset.image?.isMixed)
        return LIMIT_OF_MIXED;
    return dataset.views[0] === "read" ? LIMIT_OF_TEXTS : SERVERS_LIMIT;
}

// The query as the server has to hear it, which knows other page sizes.
export function spelledOut(dataset, query) {
    const limit = pageSize(dataset);
    return limit === SERVERS_LIMIT || query.has("limit") ? query : changed(query, {limit});
}

// Fetches the page that a query selects; `features` names some features, or is null for all.
export async function loadPage(dataset, query, features, signal) {
    const asked = changed(spelledOut(dataset, query), {rev: dataset.revision});
    if (features)
        asked.set("features", features);
    if (dataset.texts.length > 0 && !asked.has("max_chars"))
        asked.set("max_chars", FIRST_CHARACTERS);
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
export function expectedCount(dataset, query, split) {
    const limit = Number(query.get("limit") ?? pageSize(dataset));
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
