"""An OpenAPI document as rows that a plain page can list."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    where: str
    type: str
    required: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    tag: str
    fields: list[Field] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{self.method.lower()}{self.path.replace('/', '-').replace('{', '').replace('}', '')}"


def operations(document: dict[str, Any]) -> list[tuple[str, list[Operation]]]:
    """Operations grouped by their first tag, in the order of the document."""
    schemas = document.get("components", {}).get("schemas", {})
    found = [
        _operation(method, path, item, schemas)
        for path, items in document["paths"].items()
        for method, item in items.items()
        if method in _METHODS
    ]
    order = list(dict.fromkeys(each.tag for each in found))
    found.sort(key=lambda each: order.index(each.tag))
    return [(tag, list(group)) for tag, group in groupby(found, key=lambda each: each.tag)]


def _operation(method: str, path: str, item: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        summary=item.get("summary", ""),
        description=item.get("description", "").replace("``", ""),
        tag=(item.get("tags") or ["other"])[0],
        fields=_parameters(item, schemas) + _body(item, schemas),
        answers=[(code, answer.get("description", "")) for code, answer in item.get("responses", {}).items()],
    )


def _parameters(item: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    return [
        Field(
            each["name"],
            each["in"],
            _type(each.get("schema", {}), schemas),
            each.get("required", False),
            each.get("description", ""),
        )
        for each in item.get("parameters", [])
    ]


def _body(item: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    fields: list[Field] = []
    for media_type, content in item.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), schemas)
        required = schema.get("required", [])
        where = "body" if media_type == "application/json" else media_type
        properties = schema.get("properties", {})
        fields += [
            Field(name, where, _type(value, schemas), name in required, value.get("description", ""))
            for name, value in properties.items()
        ]
        if not properties:
            fields.append(Field("(document)", where, "text", True))
    return fields


def _type(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(each, schemas) for each in schema["anyOf"])
    schema = _resolved(schema, schemas)
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    name = str(schema.get("format") or schema.get("title" if "properties" in schema else "type") or "any")
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    return name


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = schemas.get(str(reference).rsplit("/", 1)[-1], {})
    return found
