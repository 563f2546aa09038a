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

// An image's width and height in pixels: "500 × 375"
export function sizeText({width, height}) {
    return `${width} × ${height}`;
}

// A formatter for the numbers of one column, with the same number of decimals in all of them, so
// that the points stand under each other: as many as they need, but no more than six significant
// digits each and seven for the largest. Very small and very large columns are written as powers of
// ten.
export function column(values) {
    let largest = 0;
    let needed = 0;
    for (const value of values) {
        if (typeof value !== "number")
            continue;
        largest = Math.max(largest, Math.abs(value));
        needed = Math.max(needed, decimals(value));
    }
    if (largest > 0 && (largest < 1e-3 || largest >= 1e15))
        return (value) => value === 0 ? "0" : value.toExponential(3);
    const whole = Math.max(1, Math.floor(Math.log10(largest || 1)) + 1);
    const shown = Math.min(needed, Math.max(0, 7 - whole));
    return (value) => value.toFixed(shown);
}

// Decimals of a number that is rounded to six significant digits.
function decimals(value) {
    const [digits, exponent] = value.toExponential(5).split("e");
    const significant = digits.replace(/^-/, "").replace(/\.?0*$/, "").replace(".", "").length;
    return Math.max(0, significant - 1 - Number(exponent));
}
