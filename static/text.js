// SPDX-License-Identifier: MIT
// One text at full length: as it is, word for word, with its length and a way to copy it; tokens
// also with their ids.

import {copyButton} from "./copy.js";
import {fill, h} from "./dom.js";
import {count, counted} from "./format.js";

const MOST_PAIRS = 5000; // words that are shown with their ids

// Code points of a text, as Python's len() counts them.
function characters(text) {
    let pairs = 0;
    for (let i = 0; i < text.length; i++)
        if ((text.charCodeAt(i) & 0xfc00) === 0xdc00)
            pairs++;
    return text.length - pairs;
}

function words(text) {
    const word = /\S+/g;
    let number = 0;
    while (word.test(text))
        number++;
    return number;
}

// Each word with its id above it; the ids alone where the words are not known one by one.
function idsOf({ids, text}) {
    const split = text === null || text === "" ? [] : text.split(" ");
    if (split.length !== ids.length || ids.length === 0)
        return h("p", {class: "whole ids"}, ids.join(" "));
    const pairs = ids.slice(0, MOST_PAIRS).flatMap((id, i) =>
        [h("ruby", null, split[i], h("rt", null, String(id))), " "]);
    const rest = ids.length - MOST_PAIRS;
    return h("p", {class: "whole pairs"}, pairs,
             rest > 0 && h("span", {class: "soft"}, `… and ${count(rest)} more`));
}

// Shows texts and tokens of one dataset; whether ids are shown holds for the samples that follow.
export function createTextViews() {
    let showsIds = false;

    // A section for the value of a text feature: a string, or {ids, text}. `name` stands above it,
    // or null.
    function section(name, value) {
        const tokens = typeof value === "string" ? null : value;
        const text = tokens ? tokens.text : value;
        const hasChoice = tokens !== null && text !== null;
        const place = h("div", {class: "whole-place"});
        const choice = h("span", {class: "segments", role: "group", "aria-label": "Shown as"},
                         button("Text", false), button("Ids", true));

        function button(label, ids) {
            return h("button", {type: "button", class: "segment", onclick: () => {
                showsIds = ids;
                render();
            }}, label);
        }

        function render() {
            const ids = tokens !== null && (showsIds || !hasChoice);
            [...choice.children].forEach((one, i) => {
                one.ariaPressed = String(ids === (i === 1));
            });
            fill(place, ids ? idsOf(tokens)
                : text === "" ? h("p", {class: "whole soft"}, "empty")
                : h("p", {class: "whole", dir: "auto"}, text));
        }

        render();
        const lengths = [
            tokens ? counted(tokens.ids.length, "token") : counted(words(text), "word"),
            text !== null && counted(characters(text), "character"),
        ].filter(Boolean).join(" · ");
        return h("section", {class: "text", "aria-label": name ?? "Text"},
            h("header", null, name && h("h3", null, name),
              h("span", {class: "soft small lengths"}, lengths), h("span", {class: "spring"}),
              hasChoice && choice,
              copyButton("Copy", () => tokens && (showsIds || !hasChoice)
                  ? JSON.stringify(tokens.ids) : text)),
            place);
    }

    return {section};
}
