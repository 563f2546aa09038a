// SPDX-License-Identifier: MIT
// The filters that hold at the moment, each with a way to drop it.

import {fill, h} from "./dom.js";
import {counted} from "./format.js";
import {filterChange, filterFeatures, filterValues} from "./model.js";

const MOST_CHIPS = 8; // of one feature; beyond that one chip stands for all

// queryAddress(changes) is the address of the page with its query changed; knownClasses(feature)
// gives its classes if they have come already, else null.
export function createChips(dataset, {queryAddress, knownClasses}) {
    const element = h("div", {class: "chips", role: "group", "aria-label": "Filters"});

    function chip(text, change) {
        return h("a", {class: "chip", href: queryAddress(change), title: "Drop this filter",
                       "aria-label": `Drop the filter ${text}`},
                 h("span", null, text), h("span", {"aria-hidden": "true"}, "×"));
    }

    function chipsOf(feature, values) {
        const drop = (gone) =>
            filterChange(dataset, feature, values.filter((value) => !gone.includes(value)));
        const classes = knownClasses(feature);
        const nameOf = (value) => classes?.find(value)?.name ?? value;
        const wholes = classes ? wholeGroups(classes, values) : [];
        const inWhole = new Set(wholes.flatMap((group) => group.values));
        const single = values.filter((value) => !inWhole.has(value));
        if (wholes.length + single.length > MOST_CHIPS)
            return [chip(`${feature.name}: ${counted(values.length, "class", "classes")}`,
                         drop(values))];
        return [...wholes.map((group) => chip(`all of ${group.name}`, drop(group.values))),
                ...single.map((value) => chip(nameOf(value), drop([value])))];
    }

    return {
        element,
        update(query) {
            const chips = [];
            const none = {offset: null, indices: null};
            for (const feature of filterFeatures(dataset)) {
                const values = filterValues(dataset, query, feature);
                if (values.length > 0) {
                    chips.push(...chipsOf(feature, values));
                    Object.assign(none, filterChange(dataset, feature, []));
                }
            }
            if (query.has("indices"))
                chips.push(chip(`samples ${query.get("indices")}`, {indices: null}));
            if (chips.length > 1)
                chips.push(h("a", {class: "chip-clear", href: queryAddress(none)}, "show all"));
            fill(element, chips);
            element.hidden = chips.length === 0;
        },
    };
}

// The superclasses all of whose classes are among the values.
function wholeGroups(classes, values) {
    const byClass = new Map(values.map((value) => [classes.find(value), value]));
    const groups = new Map();
    for (const one of classes.list)
        if (one.parent !== null)
            groups.set(one.parent, [...groups.get(one.parent) ?? [], one]);
    return [...groups]
        .filter(([, members]) => members.length > 1 && members.every((one) => byClass.has(one)))
        .map(([name, members]) => ({name, values: members.map((one) => byClass.get(one))}));
}
