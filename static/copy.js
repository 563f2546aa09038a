// SPDX-License-Identifier: MIT
// Buttons that put a text on the clipboard.

import {announce, h} from "./dom.js";

const SHOWN = 1500; // milliseconds that "Copied" stands on the button

// A button that copies what text() gives. Browsers offer their clipboard on loopback and HTTPS
// alone; elsewhere a selected field that the browser's own "copy" takes has to do.
export function copyButton(label, text) {
    const button = h("button", {type: "button", class: "copy", onclick: async () => {
        const done = await copy(text(), button);
        button.textContent = done ? "Copied" : "Not possible here";
        announce(button.textContent);
        setTimeout(() => {
            button.textContent = label;
        }, SHOWN);
    }}, label);
    return button;
}

async function copy(text, beside) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const field = h("textarea", {class: "visually-hidden", "aria-hidden": "true"});
        field.value = text;
        beside.after(field);
        field.select();
        const done = document.execCommand("copy");
        field.remove();
        beside.focus();
        return done;
    }
}
