"""Pages for programs: each as a JSON object in parts, refusals as problems, and the OpenAPI
document of all.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sq_graph.errors import InputError
from sq_graph.resources import data_beside
from sq_graph.table import as_json
from sq_graph.web.pages.page import Page, Query, Route, first, with_query
from sq_graph.web.pages.page_context import KIND_OF_FOLDER, PageContext

SCHEMA = 1
"""The version of the objects: it rises when a key is removed or changes its meaning."""
PARTS = ("limit", "offset")
"""The parameters by which a part of the rows is asked for."""
_MOST = 10**9


def part_of(query: Query) -> tuple[int, int]:
    """The first row wanted and how many; raises InputError for what is not a whole number.

    >>> part_of({"limit": ["10"]})
    (0, 10)
    """
    for name in PARTS:
        given = first(query, name)
        if given and not (given.isascii() and given.isdigit() and int(given) <= _MOST):
            raise InputError(f"{given[:40]!r} is not a {name}", remedy="Give a whole number")
    return int(first(query, "offset") or 0), int(first(query, "limit") or _MOST)


def to_object(page: Page, path: str, query: Query) -> str:
    """A page as a JSON object: what it is, its columns, and the rows that were asked for."""
    offset, limit = part_of(query)
    if page.answer is not None:
        content: dict[str, Any] = json.loads(page.answer.to_json())
    else:
        table = (page.table.records or page.table) if page.table is not None else None
        content = {
            "title": page.title,
            "description": page.about,
            "iri": page.iri,
            "columns": list(table.columns) if table else [],
            "rows": json.loads(table.render("json")) if table else [],
        }
    total, end = len(content["rows"]), offset + limit
    for name in {"rows", "passages"} & content.keys():
        content[name] = content[name][offset:end]
    rest = {name: values for name, values in query.items() if name not in PARTS}
    following = with_query(path, **rest, limit=str(limit), offset=str(end))
    part = {"total": total, "offset": offset, "next": following if end < total else None}
    return as_json({"schema": SCHEMA, "address": page.address, **content, **part})


def openapi(
    context: PageContext, plain: Mapping[str, Route], of_things: Mapping[str, Route]
) -> str:
    """The OpenAPI document of the pages, made from the registries of pages, kinds and questions."""
    paths = {
        path: _get(path, f"The page {path}", view.parameters or ()) for path, view in plain.items()
    }
    for folder, kind in KIND_OF_FOLDER.items():
        if view := of_things.get(kind):
            address = f"/{folder}/{{slug}}"
            paths[address] = _get(address, f"A {kind}", view.parameters or (), ("slug",))
    paths["/about/{thing}"] = _get("/about", "Everything about a thing", (), ("thing",))
    for one in context.atlas.catalogue.questions():
        labels = {parameter.name: parameter.label for parameter in one.parameters}
        paths[f"/ask/{one.name}"] = _get(f"/ask/{one.name}", one.question, labels, answer="Answer")
    document = data_beside(__file__, "openapi.json")
    document["info"] |= {"title": context.title, "version": context.atlas.version}
    return as_json({**document, "paths": paths})


def _get(
    path: str,
    summary: str,
    parameters: Iterable[str],
    in_path: tuple[str, ...] = (),
    answer: str = "Page",
) -> dict[str, Any]:
    """One path with its parameters; a mapping of parameters says what each means."""
    labels = parameters if isinstance(parameters, Mapping) else {}
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0, "maximum": _MOST}
    listed = [{"name": name, "in": "path", "required": True, "schema": text} for name in in_path]
    listed += [
        {"name": name, "in": "query", "schema": text, "description": labels.get(name, name)}
        for name in parameters
    ]
    listed += [{"name": name, "in": "query", "schema": number} for name in PARTS]
    refusal = _response("A refusal", "application/problem+json", "Problem")
    right = _response(summary, "application/json", answer)
    return {
        "get": {
            "summary": summary,
            "operationId": path.strip("/").replace("/", "-").replace("{slug}", "one") or "home",
            "parameters": listed,
            "responses": {"200": right, "4XX": refusal, "5XX": refusal},
        }
    }


def _response(description: str, media: str, schema: str) -> dict[str, Any]:
    content = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}
