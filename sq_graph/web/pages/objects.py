"""Pages for programs: each as a JSON object with a slice of its rows, and the OpenAPI document."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sq_graph.errors import InputError
from sq_graph.resources import data_beside
from sq_graph.table import as_json
from sq_graph.web.pages.page import Page, Query, Routes, first, with_query
from sq_graph.web.pages.page_context import KIND_OF_FOLDER, PageContext

SCHEMA = 1
"""The version of the objects: it rises when a key is removed or changes its meaning."""
SLICING = ("limit", "offset")
"""The parameters that choose a slice of the rows."""
_MAX_NUMBER = 10**9


def parse_slice(query: Query) -> tuple[int, int]:
    """The offset and the limit of a query; raises InputError for what is not a whole number.

    >>> parse_slice({"limit": ["10"]})
    (0, 10)
    """
    for name in SLICING:
        text = first(query, name)
        if text and not (text.isascii() and text.isdigit() and int(text) <= _MAX_NUMBER):
            raise InputError(f"{text[:40]!r} is not a {name}", remedy="Give a whole number")
    return int(first(query, "offset") or 0), int(first(query, "limit") or _MAX_NUMBER)


def to_object(page: Page, path: str, query: Query) -> str:
    """A page as a JSON object: its title and description, its columns, and a slice of its rows."""
    offset, limit = parse_slice(query)
    if page.answer is not None:
        content: dict[str, Any] = json.loads(page.answer.to_json())
    else:
        table = (page.table.records or page.table) if page.table is not None else None
        content = {
            "title": page.title,
            "description": page.description,
            "iri": page.iri,
            "columns": list(table.columns) if table else [],
            "rows": json.loads(table.render("json")) if table else [],
        }
    total, end = len(content["rows"]), offset + limit
    for name in {"rows", "passages"} & content.keys():
        content[name] = content[name][offset:end]
    remaining = {name: values for name, values in query.items() if name not in SLICING}
    next_address = with_query(path, **remaining, limit=str(limit), offset=str(end))
    position = {"total": total, "offset": offset, "next": next_address if end < total else None}
    return as_json({"schema": SCHEMA, "address": page.address, **content, **position})


def openapi(context: PageContext, routes: Routes, kind_routes: Routes) -> str:
    """The OpenAPI document of the pages, made from the routes and the questions."""
    paths = {
        path: _get(path, f"The page {path}", route.parameters or ())
        for path, route in routes.items()
    }
    for folder, kind in KIND_OF_FOLDER.items():
        if route := kind_routes.get(kind):
            address = f"/{folder}/{{slug}}"
            paths[address] = _get(address, f"A {kind}", route.parameters or (), ("slug",))
    paths["/about/{thing}"] = _get("/about", "Everything about a thing", (), ("thing",))
    for question in context.atlas.catalogue.questions():
        labels = {parameter.name: parameter.label for parameter in question.parameters}
        path = f"/ask/{question.name}"
        paths[path] = _get(path, question.question, labels, schema="Answer")
    document = data_beside(__file__, "openapi.json")
    document["info"] |= {"title": context.title, "version": context.atlas.version}
    return as_json({**document, "paths": paths})


def _get(
    path: str,
    summary: str,
    parameters: Iterable[str],
    in_path: tuple[str, ...] = (),
    schema: str = "Page",
) -> dict[str, Any]:
    """One path with its parameters; a mapping of parameters describes each."""
    labels = parameters if isinstance(parameters, Mapping) else {}
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0, "maximum": _MAX_NUMBER}
    fields = [{"name": name, "in": "path", "required": True, "schema": text} for name in in_path]
    fields += [
        {"name": name, "in": "query", "schema": text, "description": labels.get(name, name)}
        for name in parameters
    ]
    fields += [{"name": name, "in": "query", "schema": number} for name in SLICING]
    problem = _response("A refusal", "application/problem+json", "Problem")
    success = _response(summary, "application/json", schema)
    return {
        "get": {
            "summary": summary,
            "operationId": path.strip("/").replace("/", "-").replace("{slug}", "one") or "home",
            "parameters": fields,
            "responses": {"200": success, "4XX": problem, "5XX": problem},
        }
    }


def _response(description: str, media: str, schema: str) -> dict[str, Any]:
    content = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}
