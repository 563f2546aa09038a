// SPDX-License-Identifier: MIT
// Asks for the token of a server that was started with one.

import {beginSession} from "./api.js";
import {h} from "./dom.js";

// A box with a form; the page starts again once the token was right.
export function signIn() {
    const token = h("input", {type: "password", required: true, autocomplete: "current-password",
                              "aria-label": "Token"});
    const answer = h("p", {role: "alert"});

    async function submit(event) {
        event.preventDefault();
        try {
            await beginSession(token.value.trim());
            location.reload();
        } catch (error) {
            answer.textContent = error.status === 401 ? "That is not the token." : error.message;
            token.select();
        }
    }

    return h("section", {class: "notice quiet"},
             h("h2", null, "This server asks for a token"),
             h("p", null, "It stands in the file that the server was started with (--token-file)."),
             h("form", {class: "actions", onsubmit: submit}, token,
               h("button", {type: "submit"}, "Enter")),
             answer);
}
