// SPDX-License-Identifier: MIT
// A dataset as the gallery sees it: the one place that knows the shape of the server's description.

// From the answer of /datasets/{name}: features and splits as lists in their order.
export function describe(info) {
    const features = Object.entries(info.features).map(([name, about]) => ({
        name,
        kind: about.type,
        dtype: about.dtype,
        shape: about.shape ?? [],
        isText: about.type === "text" || about.type === "tokens",
        storage: about.storage ?? "rows",
        isMixed: about.type === "image" && (about.storage ?? "rows") !== "rows", // in their sizes
        numWords: about.num_words ?? 0,
        white: about.white ?? 255,
        target: about.target === true,
        numClasses: about.num_classes ?? 0,
        parent: about.parent ?? null,
    }));
    const splits = Object.entries(info.splits).map(([name, about]) => ({
        name,
        numSamples: about.num_samples,
        bytes: about.bytes,
    }));
    const classFeatures = features.filter((feature) => feature.kind === "class");
    return {
        ...info,
        features,
        splits,
        classFeatures,
        texts: features.filter((feature) => feature.isText),
        image: features.find((feature) => feature.kind === "image") ?? null,
        label: labelOf(classFeatures),
        views: viewsOf(features),
        warnings: info.warnings ?? [],
        setAside: info.set_aside ?? {total: 0, files: []},
    };
}

const MOST_BESIDE = 4; // columns that a text has beside it where it is there to be read

// Whether texts with that many other columns, classes not counted, are there to be read; in a table
// of many numbers they are names and remarks.
export function isForReading(texts, others) {
    return texts > 0 && others <= MOST_BESIDE;
}

// The ways to look at a page, the best first: "grid" of pictures, "read" or "table".
function viewsOf(features) {
    if (features.some((feature) => feature.kind === "image"))
        return ["grid"];
    const texts = features.filter((feature) => feature.isText).length;
    const classes = features.filter((feature) => feature.kind === "class").length;
    if (isForReading(texts, features.length - texts - classes))
        return ["read", "table"];
    return texts > 0 ? ["table", "read"] : ["table"];
}

// The way that is asked for, else the best.
export function viewOf(dataset, look) {
    const asked = look.get("view");
    return dataset.views.includes(asked) ? asked : dataset.views[0];
}

// The class feature that `label` stands for in a query: the one of that name, else the finest.
function labelOf(classFeatures) {
    return classFeatures.find((feature) => feature.name === "label") ??
        classFeatures.find((feature) => feature.parent !== null) ??
        classFeatures.reduce((most, feature) =>
            most === null || feature.numClasses > most.numClasses ? feature : most, null);
}

// The split that a query means, or null when there is none of that name.
export function splitOf(dataset, query) {
    const name = query.get("split");
    if (name !== null)
        return dataset.splits.find((split) => split.name === name) ?? null;
    return dataset.splits.find((split) => split.name === "train") ?? dataset.splits[0] ?? null;
}

// Names of parameters that mean something else than a class feature of the same name.
const RESERVED = new Set([
    "split", "offset", "limit", "where", "q", "order", "seed", "epoch", "indices", "shard",
    "shards", "features", "compat", "num_words", "skip_top", "maxlen", "start_char", "oov_char",
    "index_from", "test_split", "padding", "truncating", "max_tokens", "rev", "max_chars",
    "feature", "columns", "scale", "size", "format",
]);

// The class features that can be filtered by a parameter of their name.
export function filterFeatures(dataset) {
    return dataset.classFeatures.filter((feature) => !RESERVED.has(feature.name));
}

// The values that a query asks of a class feature.
export function filterValues(dataset, query, feature) {
    const values = query.getAll(feature.name);
    if (feature === dataset.label && feature.name !== "label")
        values.push(...query.getAll("label"));
    return values;
}

// The changes to a query that ask for these values of a class feature, from the first page on.
export function filterChange(dataset, feature, values) {
    const change = {[feature.name]: values, offset: null, indices: null};
    if (feature === dataset.label && feature.name !== "label")
        change.label = [];
    return change;
}

// How a class is named in a query: by its name, which the server tries first, or by its id where
// the name is empty or another class had it before.
export function classValue(label, classes) {
    return label.name !== "" && classes.byName.get(label.name) === label ? label.name
                                                                        : String(label.id);
}

// Classes of a feature from the answer of /classes, with ways to look them up. `parent` of each is
// the name of its superclass or null.
export function classesOf(answers) {
    const list = [];
    const byName = new Map();
    const byId = new Map();
    for (const answer of answers) {
        const label = {...answer, parent: answer.parent?.name ?? null};
        list.push(label);
        byId.set(String(label.id), label);
        if (!byName.has(label.name))
            byName.set(label.name, label);
    }
    return {list, byName, find: (value) => byName.get(value) ?? byId.get(value) ?? null};
}
