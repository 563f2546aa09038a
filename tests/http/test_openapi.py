# SPDX-License-Identifier: MIT
"""/openapi.json says what the server does."""
import json
import re

import jsonschema
import pytest

from program import ROOT, problem

# What the OpenAPI 3.1 schema demands of the parts that we use.
SHAPE = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "properties": {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": {"type": "object", "required": ["title", "version"],
                 "properties": {"license": {"type": "object", "required": ["name"]}}},
        "servers": {"type": "array", "items": {"type": "object", "required": ["url"]}},
        "paths": {"type": "object", "additionalProperties": False, "patternProperties": {
            "^/": {"type": "object", "additionalProperties": False, "patternProperties": {
                "^(get|post)$": {"$ref": "#/$defs/operation"}}}}},
    },
    "$defs": {
        "operation": {
            "type": "object", "required": ["summary", "responses"],
            "properties": {
                "parameters": {"type": "array", "items": {"$ref": "#/$defs/parameter"}},
                "responses": {"type": "object", "minProperties": 1, "patternProperties": {
                    "^([1-5][0-9X]{2}|default)$": {"anyOf": [
                        {"type": "object", "required": ["description"]},
                        {"type": "object", "required": ["$ref"]}]}},
                    "additionalProperties": False}}},
        "parameter": {
            "type": "object", "required": ["name", "in", "schema"],
            "properties": {"name": {"type": "string", "minLength": 1},
                           "in": {"enum": ["query", "path", "header", "cookie"]},
                           "required": {"type": "boolean"},
                           "schema": {"type": "object"}},
            "if": {"properties": {"in": {"const": "path"}}},
            "then": {"required": ["required"], "properties": {"required": {"const": True}}}},
    },
}
VALUES = {"dataset": "cifar100", "name": "cifar100", "index": "3", "feature": "image", "split": "test", "file": "samplecase.py"}
# cifar100 has no words; test_vocabulary.py looks at what these answer.
OF_WORDS = ("/word_index.json", "/vocabulary")
# Nor files of images; test_encoded.py looks at those.
OF_FILES = "/samples/{index}/{feature}"
OF_TOKENS = ("padding", "truncating")  # parameters that it refuses


@pytest.fixture(scope="module")
def document(server):
    return server.json("/openapi.json")


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_shape(document):
    jsonschema.Draft202012Validator(SHAPE).validate(document)


def test_references_lead_somewhere(document):
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                target = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)
    walk(document)


def test_schemas_are_schemas(document):
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            jsonschema.Draft202012Validator.check_schema(parameter["schema"])
            assert parameter["description"]


def test_path_parameters_are_the_braces(document):
    for path, _, operation in operations(document):
        described = [parameter["name"] for parameter in operation.get("parameters", [])
                     if parameter["in"] == "path"]
        assert sorted(described) == sorted(re.findall(r"{(\w+)}", path)), path
        names = [(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", [])]
        assert len(names) == len(set(names))


def test_every_address_answers(server, document):
    files = set(re.findall(r'"[^"]*/static/([^"/]+)"', server.get("/").body.decode()))
    for path, method, operation in operations(document):
        if method != "get":
            continue
        for file in sorted(files) if "{file}" in path else [""]:
            target = re.sub(r"{(\w+)}", lambda match: VALUES.get(match[1], file), path)
            answer = server.get(target)
            if path.endswith(OF_WORDS) or path.endswith(OF_FILES):
                problem(answer, 404, "not_found")
                continue
            assert answer.status == 200, target
            assert re.fullmatch(r'"[^"]+"', answer["ETag"] or "") or path in ("/healthz", "/readyz"), target
            media_types = operation["responses"]["200"]["content"]
            if "{file}" not in path:
                assert answer["Content-Type"].split(";")[0] in media_types


def test_the_contract_is_there(document):
    assert {"/", "/gallery/{name}", "/healthz", "/readyz", "/openapi.json", "/datasets", "/datasets/{dataset}",
            "/datasets/{dataset}/classes", "/datasets/{dataset}/samples", "/datasets/{dataset}/samples/{index}",
            "/datasets/{dataset}/samples/{index}/{feature}.png", "/datasets/{dataset}/sheet.png",
            "/datasets/{dataset}/arrays/{split}/{feature}.npy", "/datasets/{dataset}/batch"} <= document["paths"].keys()


def test_the_body_of_a_post_takes_what_the_query_takes(document):
    operations = document["paths"]["/datasets/{dataset}/batch"]
    members = operations["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert set(members) == {parameter["name"] for parameter in operations["get"]["parameters"]
                            if parameter["in"] == "query"} - {"class"}


@pytest.fixture(scope="module")
def body_schema(document):
    operation = document["paths"]["/datasets/{dataset}/batch"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(member["description"] for member in schema["properties"].values())
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("taken, dataset, body", [
    (True, "cifar100", {}),
    (True, "cifar100", {"features": "image"}), (True, "cifar100", {"features": "image,fine_label"}),
    (True, "cifar100", {"features": ["image", "fine_label"]}), (False, "cifar100", {"features": []}),
    (False, "cifar100", {"features": {"image": 1}}),
    (True, "cifar100", {"indices": "1,5,9-20"}), (True, "cifar100", {"indices": [5, 1, 5]}),
    (False, "cifar100", {"indices": [-1]}), (False, "cifar100", {"indices": []}), (False, "cifar100", {"indices": "x"}),
    (False, "cifar100", {"indices": [1.5]}), (False, "cifar100", {"indices": None}),
    (False, "cifar100", {"indices": [0] * 65537}),
    (True, "cifar100", {"limit": 7}), (True, "cifar100", {"limit": "7"}), (True, "cifar100", {"limit": 7.0}),
    (False, "cifar100", {"limit": 0}), (False, "cifar100", {"limit": 65537}), (False, "cifar100", {"limit": "-7"}),
    (False, "cifar100", {"limit": None}), (False, "cifar100", {"limit": "none"}), (False, "cifar100", {"limit": 1.5}),
    (True, "cifar100", {"order": "shuffle", "seed": 2**63 - 1, "epoch": str(2**64 - 1)}),
    (False, "cifar100", {"order": "shuffle", "seed": 2**63}), (False, "cifar100", {"order": "by name"}),
    (True, "cifar100", {"label": 3}), (True, "cifar100", {"label": "apple"}), (False, "cifar100", {"label": None}),
    (True, "cifar100", {"fine_label": ["apple", 2]}), (False, "cifar100", {"fine_label": []}),
    (False, "cifar100", {"fine_label": -1}), (False, "cifar100", {"fine_label": {}}),
    (True, "reuters", {"num_words": None, "maxlen": "none", "oov_char": 2, "start_char": "1"}),
    (False, "reuters", {"oov_char": "two"}), (False, "reuters", {"oov_char": -1}),
    (True, "reuters", {"compat": "keras", "test_split": 0.5}), (True, "reuters", {"compat": "keras", "test_split": "0.5"}),
    (False, "reuters", {"compat": "keras", "test_split": 1.5}), (False, "reuters", {"compat": "keras", "test_split": "1/2"}),
    (True, "reuters", {"padding": "post", "max_tokens": 5}), (False, "reuters", {"padding": ["pre", "post"]}),
])
def test_bodies_are_taken_as_documented(server, body_schema, taken, dataset, body):
    answer = server.request("POST", f"/datasets/{dataset}/batch", body=json.dumps(body))
    assert (answer.status == 200) == taken == body_schema.is_valid(body), (answer.status, answer.body[:300])


def test_the_bodies_of_the_documentation(body_schema):
    shown = re.findall(r"-d '({.*?})'", (ROOT / "docs/clients.md").read_text())
    assert shown
    for body in shown:
        body_schema.validate(json.loads(body))


def test_what_does_not_go_with_indices_is_said(server, document):
    (help,) = {parameter["description"] for target, parameter in query_parameters(document)
               if parameter["name"] == "indices" and target.endswith("/batch")}
    others = {"offset": 1, "limit": 1, "order": "shuffle", "seed": 1, "epoch": 1, "shard": 0, "shards": 1, "compat": "keras"}
    for name, value in others.items():
        problem(server.get(f"/datasets/cifar100/batch?indices=1&{name}={value}"), 400, "invalid_parameter")
        assert re.search(rf"\b{name}\b", help.partition("not with")[2])
    problem(server.get("/datasets/cifar100/batch?indices=1&label=apple"), 400, "invalid_parameter")
    assert "filters" in help


def query_parameters(document):
    for path, method, operation in operations(document):
        if method == "get":
            target = re.sub(r"{(\w+)}", lambda match: VALUES.get(match[1], "x"), path)
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query" and parameter["name"] != "class":
                    yield target, parameter


def test_documented_limits_are_the_limits(server, document):
    for target, parameter in query_parameters(document):
        name, schema = parameter["name"], parameter["schema"]
        if schema["type"] == "integer":
            assert schema["minimum"] >= 0
            for bad in (schema["minimum"] - 1, schema.get("maximum", 2**64 - 1) + 1):
                problem(server.get(f"{target}?{name}={bad}"), 400, "invalid_parameter", name)
        elif "enum" in schema:
            for choice in schema["enum"]:
                more = "&features=image" if choice == "npy" else ""
                answer = server.get(f"{target}?{name}={choice}{more}")
                assert answer.status == (400 if name in OF_TOKENS else 200)
        if "default" in schema and name not in ("seed", "epoch"):
            answer = server.get(f"{target}?{name}={schema['default']}")
            assert answer.status == (404 if target.endswith(OF_WORDS) else 200)


def test_problems_have_the_documented_shape(server, document):
    schema = document["components"]["schemas"]["problem"]
    for target in ("/datasets/none", "/datasets?x=1", "/datasets/cifar100/samples?limit=0", "/nothing"):
        jsonschema.Draft202012Validator(schema).validate(server.get(target).json())
