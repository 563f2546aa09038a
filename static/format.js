// SPDX-License-Identifier: MIT
// Numbers for eyes.

const GROUPED = new Intl.NumberFormat("en");

// 60000 -> "60,000"
export function count(value) {
    return GROUPED.format(value);
}

// "1 sample", "60,000 samples"
export function counted(value, one, many = one + "s") {
    return `${count(value)} ${value === 1 ? one : many}`;
}

// Bytes in decimal units with three digits: 47100000 -> "47.1 MB"
export function bytes(value) {
    const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    return `${unit ? Number(value.toPrecision(3)) : value} ${units[unit]}`;
}

// "image-classification" -> "image classification"
export function words(text) {
    return text.replaceAll("-", " ");
}

// [32, 32, 3] -> "32 × 32 × 3"
export function shape(sizes) {
    return sizes.join(" × ") || "one value";
}

// One number by itself: up to six significant digits.
export function number(value) {
    return column([value])(value);
}

// A formatter for the numbers of one column: at most six significant digits, the same number of
// decimals in all of them, so that the points stand under each other. A power of ten only where it
// would get too long.
export function column(values) {
    let decimals = 0;
    let wide = false;
    for (const value of values) {
        if (typeof value !== "number" || value === 0)
            continue;
        const size = Math.abs(value);
        if (size >= 1e15 || size < 1e-6) {
            wide = true;
            continue;
        }
        const text = String(Number(value.toPrecision(6)));
        const point = text.indexOf(".");
        if (point >= 0 && !text.includes("e"))
            decimals = Math.max(decimals, Math.min(6, text.length - point - 1));
    }
    return (value) => {
        const size = Math.abs(value);
        if (wide && value !== 0 && (size >= 1e15 || size < 1e-6))
            return value.toExponential(3);
        return value.toFixed(decimals);
    };
}
