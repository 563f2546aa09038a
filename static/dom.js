// SPDX-License-Identifier: MIT
// Building elements. Text always becomes a text node and nothing here parses markup, so that
// whatever a dataset is called, it is shown and never run.

// h("a", {class: "x", href: "…", onclick: f}, "text", child, [more]): attributes are set as they
// are, `on…` takes functions alone, null, undefined and false are left out, true is an empty
// value.
export function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name.startsWith("on"))
            element.addEventListener(name.slice(2), value);
        else
            element.setAttribute(name, value === true ? "" : value);
    }
    append(element, children);
    return element;
}

function append(element, children) {
    for (const child of children) {
        if (Array.isArray(child))
            append(element, child);
        else if (child !== null && child !== undefined && child !== false)
            element.append(child);
    }
}

// Replaces what an element holds.
export function fill(element, ...children) {
    element.replaceChildren();
    append(element, children);
    return element;
}

// An outgoing link where the address is http or https, its bare text where it is anything else.
export function outgoing(address, text) {
    let url;
    try {
        url = new URL(address);
    } catch {
        return h("span", null, text);
    }
    if (url.protocol !== "https:" && url.protocol !== "http:")
        return h("span", null, text);
    return h("a", {href: url.href, rel: "noopener noreferrer external", target: "_blank"}, text);
}

// A word of what happened, for those who hear the page.
export function announce(text) {
    document.getElementById("announcer").textContent = text;
}

// Whether a key press belongs to the control that has the focus.
export function isTyping(event) {
    return event.target.closest("input:not([type=checkbox]), select, textarea") !== null;
}
