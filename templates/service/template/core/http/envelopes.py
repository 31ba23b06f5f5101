"""JSON schemas of envelopes: of success by wrapper, and of refusals by HTTP status."""

from typing import Any

from core.http.answer import Answer, CursorPage, Page

Schema = dict[str, Any]

_COUNT: Schema = {"type": "integer", "minimum": 0}

HEADERS: Schema = {
    "X-Request-ID": {
        "description": "The id of this request in the logs",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,128}$"},
    },
    "Location": {
        "description": "Where the new resource lives",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Allow": {"description": "The methods of this path", "schema": {"type": "string"}},
}

_PROBLEM: Schema = {
    "type": "object",
    "required": ["field", "problem"],
    "properties": {
        "field": {"type": "string", "description": "Path of the field; empty for the whole body"},
        "problem": {"type": "string"},
    },
}

_ERROR: Schema = {
    "type": "object",
    "required": ["code", "msg", "data"],
    "properties": {
        "code": {"type": "integer", "description": "Why: a code of this service, never 0"},
        "msg": {"type": "string", "description": "Why, in words"},
        "data": {"description": "More, where there is more to say"},
    },
}

_INVALID: Schema = {
    **_ERROR,
    "properties": {
        **_ERROR["properties"],
        "data": {
            "anyOf": [
                {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
                {"type": "null"},
            ]
        },
    },
}

SCHEMAS: Schema = {"ErrorEnvelope": _ERROR, "InvalidEnvelope": _INVALID, "FieldProblem": _PROBLEM}

_REFUSALS = {
    0: ("Error", "Another refusal, or a failure", "ErrorEnvelope"),
    400: ("Malformed", "The request is malformed", "InvalidEnvelope"),
    401: ("Unauthenticated", "Authentication is required", "ErrorEnvelope"),
    403: ("Forbidden", "The caller may not do this", "ErrorEnvelope"),
    404: ("NotFound", "There is no such resource", "ErrorEnvelope"),
    413: ("TooLarge", "The body is too large", "ErrorEnvelope"),
    415: ("UnsupportedMediaType", "The body is not JSON", "ErrorEnvelope"),
    422: ("Invalid", "An argument is invalid", "InvalidEnvelope"),
}


def reference(status: int) -> Schema:
    """Refer to the response of a refusal; 0 stands for any other status."""
    return {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"}


def success(wrapper: type | None, data: Schema) -> Schema:
    """Return the schema of a success with this data."""
    code: Schema = {"type": "integer"} if wrapper is Answer else {"type": "integer", "const": 0}
    properties: Schema = {"code": code, "msg": {"type": "string"}, "data": data}
    if wrapper is Answer:
        properties["data"] = {"anyOf": [data, {"type": "null"}]}
    elif wrapper is Page:
        properties |= {"total": _COUNT, "page": _COUNT, "size": _COUNT}
    elif wrapper is CursorPage:
        properties |= {"next": {"type": ["string", "null"]}, "size": _COUNT}
    return {"type": "object", "required": list(properties), "properties": properties}


def _response(description: str, schema: str) -> Schema:
    return {
        "description": description,
        "headers": {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}},
        "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}},
        },
    }


RESPONSES: Schema = {
    name: _response(description, schema) for name, description, schema in _REFUSALS.values()
}
