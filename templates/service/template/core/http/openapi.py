"""The OpenAPI 3.1 document of the URL map, from the same models that validate and serialise."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from core.http import envelopes
from core.http.answer import Created
from core.http.view import View

if TYPE_CHECKING:
    from core.http.binding import Operation
    from core.http.urls import Route
    from core.settings import ServiceSettings

Schema = dict[str, Any]
Schemas = dict[tuple[str, str, str], Schema]

_REFERENCE = "#/components/schemas/{model}"


def document(settings: ServiceSettings, routes: Sequence[Route]) -> Schema:
    """Describe every route."""
    schemas, definitions = _schemas(routes)
    paths = {
        _template(route.path): {
            method.lower(): _operation(route, method, operation, schemas)
            for method, operation in route.operations.items()
        }
        for route in routes
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.name,
            "version": settings.version,
            "description": settings.description,
        },
        "paths": paths,
        "components": {
            "schemas": {**definitions, **envelopes.SCHEMAS},
            "responses": envelopes.RESPONSES,
            "headers": envelopes.HEADERS,
        },
    }


def _template(path: str) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", path)


def _schemas(routes: Sequence[Route]) -> tuple[Schemas, Schema]:
    """Make all schemas at once, so that models of one name in two modules get two names."""
    wanted = [
        ((route.name, method, part), mode, adapter)
        for route in routes
        for method, operation in route.operations.items()
        for part, mode, adapter in _adapters(operation)
    ]
    made, rest = TypeAdapter.json_schemas(wanted, ref_template=_REFERENCE)
    definitions = rest.get("$defs", {})
    schemas = {key: schema for (key, _), schema in made.items()}
    for key, schema in schemas.items():
        if key[2] == "query" and "$ref" in schema:  # shown flat, as parameters
            schemas[key] = definitions[schema["$ref"].rpartition("/")[2]]
    return schemas, definitions


def _adapters(operation: Operation) -> Iterable[tuple[str, Any, TypeAdapter[Any]]]:
    if operation.body is not None:
        yield "body", "validation", operation.body
    if operation.query is not None:
        yield "query", "validation", TypeAdapter(operation.query)
    for name, adapter in operation.path.items():
        yield f"path.{name}", "validation", adapter
    if not operation.output.is_response:
        yield "output", "serialization", operation.output.documented


def _operation(route: Route, method: str, operation: Operation, schemas: Schemas) -> Schema:
    doc = inspect.getdoc(operation.function) or ""
    summary, _, description = doc.partition("\n\n")
    described: Schema = {
        "operationId": f"{route.name}_{method.lower()}",
        "tags": [route.url.view.__module__.rpartition(".")[2]],
        "summary": summary.replace("\n", " ").removesuffix("."),
        "parameters": [
            *_path_parameters(route, method, operation, schemas),
            *_query_parameters(schemas.get((route.name, method, "query"), {})),
        ],
        "responses": _responses(route, method, operation, schemas),
    }
    if description:
        described["description"] = description
    if operation.body is not None:
        content = {"application/json": {"schema": schemas[route.name, method, "body"]}}
        described["requestBody"] = {"required": operation.body_required, "content": content}
    return described


def _path_parameters(
    route: Route, method: str, operation: Operation, schemas: Schemas
) -> Iterable[Schema]:
    for name in operation.path:
        schema = schemas[route.name, method, f"path.{name}"]
        if schema.get("type") == "string":
            schema = {"minLength": 1, **schema}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(schema: Schema) -> Iterable[Schema]:
    """Flatten the query model; a parameter that may be null is one that may be left out."""
    for name, field in schema.get("properties", {}).items():
        described = {"name": name, "in": "query", "required": name in schema.get("required", ())}
        if words := field.pop("description", None):
            described["description"] = words
        yield {**described, "schema": _without_null(field)}


def _without_null(schema: Schema) -> Schema:
    schema = {key: value for key, value in schema.items() if (key, value) != ("default", None)}
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**{key: value for key, value in schema.items() if key != "anyOf"}, **choices[0]}
    return {**schema, "anyOf": choices} if choices else schema


def _responses(route: Route, method: str, operation: Operation, schemas: Schemas) -> Schema:
    statuses = set()
    if operation.body is not None:
        statuses |= {400, 413, 415, 422}
    if operation.query is not None:
        statuses |= {400, 422}
    if operation.path:
        statuses |= {404, 422}
    if route.url.view.before is not View.before:
        statuses |= {401, 403}
    success = _success(operation, schemas.get((route.name, method, "output"), {}))
    refusals = {str(status): envelopes.reference(status) for status in sorted(statuses)}
    return {str(operation.output.status): success, **refusals, "default": envelopes.reference(0)}


def _success(operation: Operation, data: Schema) -> Schema:
    output = operation.output
    if output.is_response:
        return {"description": "Success", "content": {"*/*": {}}}
    headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    if output.wrapper is Created:
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    schema = envelopes.success(output.wrapper, data)
    description = "Created" if output.wrapper is Created else "Success"
    content = {"application/json": {"schema": schema}}
    return {"description": description, "headers": headers, "content": content}
