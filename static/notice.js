// SPDX-License-Identifier: MIT
// What went wrong, in words, and what to do next.

import {h} from "./dom.js";
import {signIn} from "./signin.js";

const MOST_ALLOWED = 60; // words

// A box for a Problem. `actions` are buttons or links for what the reader can do about it.
export function problemNotice(problem, actions = []) {
    if (problem.status === 401)
        return signIn();
    return h("section", {class: "notice", role: "alert"},
             h("h2", null, problem.title ?? "Something went wrong"),
             h("p", null, problem.message),
             allowed(problem),
             h("p", {class: "actions"}, actions));
}

// What would be right, where the sentence itself does not list it.
function allowed(problem) {
    const more = problem.allowed.filter((word) => !problem.message.includes(word));
    if (more.length === 0)
        return null;
    const shown = problem.allowed.slice(0, MOST_ALLOWED).join(", ");
    const rest = problem.allowed.length > MOST_ALLOWED ? ", …" : "";
    return h("p", {class: "soft"}, `Possible: ${shown}${rest}`);
}

// A box that says why there is nothing to see.
export function emptyNotice(title, text, actions = []) {
    return h("section", {class: "notice quiet"},
             h("h2", null, title),
             text && h("p", null, text),
             h("p", {class: "actions"}, actions));
}

// A button that does something once more.
export function retryButton(action) {
    return h("button", {type: "button", onclick: action}, "Try again");
}
