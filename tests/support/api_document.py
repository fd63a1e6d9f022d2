# SPDX-License-Identifier: Apache-2.0
"""docs/api.yaml: what it says of each route, and whether the server's tables say the same.

As a program: reads the server's routes, one JSON object a line, from stdin; prints a sentence for
every difference and exits 1 if there is one. tests/unit/test-controller-web-api.c calls it.
"""
import copy
import json
import re
import sys
from pathlib import Path

import yaml

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/api.yaml"
METHODS = ("get", "post", "put", "delete")
BODIES = {"none": None, "events": None, "json": "application/json", "audio": "audio/*"}


def load():
    return yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


class Operation:
    """One method of one path, references resolved one level."""

    def __init__(self, document, path, method, operation, shared):
        self.document = document
        self.method = method.upper()
        self.path = path
        self.pattern = "/api/v1" + re.sub(r"\{[^}]*\}", "*", path)
        self.right = operation.get("x-right", "")
        self.responses = operation.get("responses", {})
        self.parameters = [self.find(p) for p in shared + operation.get("parameters", [])]
        self.body = self.find(operation.get("requestBody", {})).get("content", {})

    def find(self, part):
        while "$ref" in part:
            name = part["$ref"]
            part = self.document
            for step in name.lstrip("#/").split("/"):
                part = part[step]
        return part

    @property
    def query(self):
        return {p["name"] for p in self.parameters if p["in"] == "query"}

    @property
    def members(self):
        if "application/json" not in self.body:
            return set()
        return set(self.find(self.body["application/json"]["schema"]).get("properties", {}))

    @property
    def status(self):
        good = [int(s) for s in self.responses if re.fullmatch(r"2\d\d", str(s))]
        return good[0] if len(good) == 1 else good

    def schema(self, status):
        """The JSON schema of an answer, None where it is no JSON; KeyError where none stands."""
        response = self.responses.get(str(status), self.responses.get("default"))
        if response is None:
            raise KeyError(status)
        content = self.find(response).get("content", {})
        if "application/json" not in content:
            return None
        return {**to_json_schema(content["application/json"]["schema"]),
                "components": to_json_schema(self.document["components"])}

    def __str__(self):
        return f"{self.method} {self.path}"


def operations(document=None):
    document = document or load()
    return [Operation(document, path, method, item[method], item.get("parameters", []))
            for path, item in document["paths"].items() for method in METHODS if method in item]


def to_json_schema(part):
    """OpenAPI 3.0 as JSON Schema: nullable is a type, and objects are closed unless they say so."""
    if isinstance(part, list):
        return [to_json_schema(p) for p in part]
    if not isinstance(part, dict):
        return part
    made = {k: to_json_schema(v) for k, v in part.items()}
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)
    if made.pop("nullable", None) is True:
        rest = copy.copy(made)
        return {"anyOf": [{"type": "null"}, rest]}
    return made


def compare(routes):
    """-> sentences: where the server's tables and the document differ"""
    documented = {(o.method, o.pattern): o for o in operations()}
    served = {(r["method"], r["pattern"]): r for r in routes}
    faults = [f"docs/api.yaml lacks {m} {p}: describe it there" for m, p in served.keys() - documented.keys()]
    faults += [f"docs/api.yaml has {m} {p}, the server has not" for m, p in documented.keys() - served.keys()]
    for key in sorted(served.keys() & documented.keys()):
        route, operation = served[key], documented[key]
        body = BODIES[route["body"]]
        pairs = [("x-right", operation.right, route["right"]),
                 ("names in the query", sorted(operation.query), sorted(route["query"].split())),
                 ("members of the body", sorted(operation.members), sorted(route["members"].split())),
                 ("status of a good answer", operation.status, route["status"]),
                 ("request body", next(iter(operation.body), None), body)]
        faults += [f"docs/api.yaml, {operation}: {what}: {said}, but the server has {is_so}"
                   for what, said, is_so in pairs if said != is_so]
        if "default" not in operation.responses:
            faults.append(f"docs/api.yaml, {operation}: responses need default: Error")
    return sorted(faults)


def main():
    faults = compare([json.loads(line) for line in sys.stdin if line.strip()])
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
