// SPDX-License-Identifier: MIT
// Asking the server. What goes wrong comes as a Problem whose message is a sentence for the user.

// An answer of the server that is an error (RFC 9457), or the lack of one.
export class Problem extends Error {
    constructor({title, detail, status = 0, code = "", allowed = []}) {
        super(detail || title);
        this.title = title;
        this.status = status;
        this.code = code;
        this.allowed = allowed;
    }
}

// Full address of a path of the API, given as segments that are not yet escaped, with the query
// (URLSearchParams, may be empty or left out).
export function address(segments, query) {
    const path = segments.map((segment) => encodeURIComponent(segment)).join("/");
    const url = new URL(path, document.baseURI);
    url.search = query ? query.toString() : "";
    return url.href.replaceAll("'", "%27");
}

// The parsed JSON at an address.
export async function getJson(url, signal) {
    const response = await get(url, signal);
    return response.json();
}

// The decoded picture at an address, with its pixel values as they were sent; close() it.
export async function getPicture(url, signal) {
    const response = await get(url, signal);
    const bitmap = await createImageBitmap(await response.blob(), {
        colorSpaceConversion: "none",
        premultiplyAlpha: "none",
    });
    if (signal.aborted) {
        bitmap.close();
        throw signal.reason;
    }
    return bitmap;
}

// Whether an error only says that a newer request took the place of this one.
export function isAborted(error) {
    return error.name === "AbortError";
}

// Exchanges the server's token for a cookie that this browser sends from then on.
export async function beginSession(token) {
    const response = await fetch(new URL("session", document.baseURI), {
        method: "POST",
        headers: {Authorization: `Bearer ${token}`},
    });
    if (!response.ok)
        throw await problemOf(response);
}

async function get(url, signal) {
    let response;
    try {
        response = await fetch(url, {signal});
    } catch (error) {
        if (isAborted(error))
            throw error;
        throw new Problem({
            title: "No answer",
            detail: "The server does not answer. Is it still running?",
        });
    }
    if (!response.ok)
        throw await problemOf(response);
    return response;
}

async function problemOf(response) {
    const type = response.headers.get("Content-Type") ?? "";
    if (type.startsWith("application/problem+json")) {
        try {
            return new Problem(await response.json());
        } catch {
            // Falls through to what the status line says.
        }
    }
    return new Problem({
        title: response.statusText || "Error",
        detail: `The server answered with status ${response.status}.`,
        status: response.status,
    });
}
