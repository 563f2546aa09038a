# SPDX-License-Identifier: MIT
"""The shapes of answers, whatever dataset they are about."""
import jsonschema

STRINGS = {"type": "array", "items": {"type": "string"}}
SIZE = {"type": "integer", "minimum": 0}
DATASET = {
    "type": "object", "additionalProperties": False, "required": [
        "name", "title", "revision", "task", "splits", "num_samples", "bytes", "url", "thumbnail_url", "description",
        "license", "citation", "homepage", "warnings", "features", "sources", "set_aside", "created"],
    "properties": {
        **{name: {"type": "string"} for name in ("name", "title", "task", "url", "description", "license", "citation",
                                                 "homepage", "created")},
        "revision": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "thumbnail_url": {"type": ["string", "null"]}, "num_samples": SIZE, "bytes": SIZE, "warnings": STRINGS,
        "splits": {"type": "object", "minProperties": 1, "additionalProperties": {
            "type": "object", "required": ["num_samples", "bytes"], "additionalProperties": False,
            "properties": {"num_samples": SIZE, "bytes": SIZE}}},
        "sources": {"type": "array", "items": {
            "type": "object", "required": ["file", "bytes", "sha256"], "additionalProperties": False,
            "properties": {"file": {"type": "string"}, "bytes": SIZE, "sha256": {"type": ["string", "null"]}}}},
        "set_aside": {"type": "object", "required": ["total", "files"], "additionalProperties": False, "properties": {
            "total": SIZE, "files": {"type": "array", "maxItems": 1000, "items": {
                "type": "object", "required": ["file", "reason"], "additionalProperties": False,
                "properties": {"file": {"type": "string"}, "reason": {"type": "string"}}}}}},
        "features": {"type": "object", "minProperties": 1, "additionalProperties": {
            "type": "object", "required": ["type", "dtype", "shape", "target"], "additionalProperties": False,
            "properties": {
                "type": {"enum": ["image", "class", "scalar", "array", "text", "tokens"]},
                "dtype": {"enum": ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32",
                                   "float64"]}, "target": {"type": "boolean"},
                "shape": {"type": "array", "maxItems": 8, "items": {"type": ["integer", "null"]}},
                "storage": {"enum": ["rows", "encoded", "in_place"]}, "white": {"type": "number"},
                "num_classes": SIZE, "parent": {"type": "string"}, "num_words": SIZE},
            "allOf": [
                {"if": {"properties": {"type": {"const": kind}}}, "then": {"required": more},
                 "else": {"properties": {name: False for name in more}}}
                for kind, more in (("image", ["storage", "white"]), ("class", ["num_classes"]),
                                   ("tokens", ["num_words"]))]}},
    },
}


def dataset(document):
    """Checks what /datasets/{dataset} answered."""
    jsonschema.Draft202012Validator(DATASET).validate(document)
