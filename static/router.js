// SPDX-License-Identifier: MIT
// The address bar as the gallery's whole state, so that reload, bookmarks and the back button work.
//
// A route is {page: "home"}, {page: "dataset", dataset, query, look}, or {page: "missing"}.
// `query` (after "?") is word for word the query of the API's pages of samples; `look` (after "#")
// is what concerns the view alone: zoom, the sample shown large, the first column. Both are
// URLSearchParams.

const BASE = new URL(".", document.baseURI);
const PREFIX = "gallery/";

function parse(url) {
    if (!url.pathname.startsWith(BASE.pathname))
        return {page: "missing"};
    const path = url.pathname.slice(BASE.pathname.length);
    if (path === "")
        return {page: "home"};
    const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : "";
    if (name === "" || name.includes("/"))
        return {page: "missing"};
    let dataset;
    try {
        dataset = decodeURIComponent(name);
    } catch {
        return {page: "missing"};
    }
    return {
        page: "dataset",
        dataset,
        query: new URLSearchParams(url.search),
        look: new URLSearchParams(url.hash.slice(1)),
    };
}

// The full address of a dataset's page.
export function datasetAddress(dataset, query, look) {
    const url = new URL(PREFIX + encodeURIComponent(dataset), BASE);
    url.search = query ? query.toString() : "";
    url.hash = look ? look.toString() : "";
    return url.href;
}

// A copy of the parameters with some of them replaced: {name: value, array of values, or null}.
export function changed(parameters, changes) {
    const copy = new URLSearchParams(parameters);
    for (const [name, value] of Object.entries(changes)) {
        copy.delete(name);
        for (const one of Array.isArray(value) ? value : [value])
            if (one !== null && one !== undefined)
                copy.append(name, one);
    }
    return copy;
}

let show;

// Calls onRoute(route) now and whenever the address changes.
export function start(onRoute) {
    show = () => onRoute(parse(new URL(location.href)));
    addEventListener("popstate", show);
    document.addEventListener("click", follow);
    show();
}

// Goes to an address of the gallery as a new step of the history, or in place of the current one.
export function go(href, {replace = false} = {}) {
    if (href === location.href)
        return;
    if (replace)
        history.replaceState(history.state, "", href);
    else
        history.pushState({from: location.href}, "", href);
    show();
}

// Where the step before this one was, when it was in the gallery; else null.
export function cameFrom() {
    return history.state?.from ?? null;
}

// Follows plain clicks on links into the gallery without loading the page again.
function follow(event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey ||
        event.shiftKey || event.altKey)
        return;
    const link = event.target.closest("a[href]");
    if (!link || link.target || link.hasAttribute("download"))
        return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || parse(url).page === "missing")
        return;
    event.preventDefault();
    go(url.href);
}
