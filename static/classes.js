// SPDX-License-Identifier: MIT
// The classes of a dataset's features, each fetched once and when it is first needed.

import {address, getJson} from "./api.js";
import {classesOf} from "./model.js";

// of(feature) promises the classes, known(feature) gives them if they have come already, else null.
// onArrival() is called whenever some have come.
export function createClasses(dataset, signal, onArrival) {
    const promised = new Map();
    const arrived = new Map();

    async function load(feature) {
        const found = [];
        let url = address(["datasets", dataset.name, "classes"],
                          new URLSearchParams({feature: feature.name, rev: dataset.revision}));
        while (url) {
            const part = await getJson(url, signal);
            found.push(...part.classes);
            url = part.next ? new URL(part.next, document.baseURI).href : null;
        }
        const classes = classesOf(found);
        arrived.set(feature.name, classes);
        onArrival();
        return classes;
    }

    return {
        of(feature) {
            if (!promised.has(feature.name))
                promised.set(feature.name, load(feature).catch((problem) => {
                    promised.delete(feature.name); // so that it can be tried again
                    throw problem;
                }));
            return promised.get(feature.name);
        },
        known: (feature) => arrived.get(feature.name) ?? null,
    };
}
