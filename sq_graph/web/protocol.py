"""The SPARQL 1.1 Protocol: queries by GET and POST, updates by POST."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence

from sq_graph.web.job import Refusal
from sq_graph.web.negotiation import ROWS, SHORT, TRIPLES, choose
from sq_graph.web.reply import Reply, Streamed, Whole, answer
from sq_graph.web.request import Request, decoded_form, values
from sq_graph.web.workers import Pool

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
Pairs = list[tuple[str, str]]
_CHANGING = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\b", re.IGNORECASE)


async def sent(request: Request, most: int) -> Pairs:
    """All parameters of a request, those of its body included; raises Refusal for a body of another type."""
    pairs = request.parameters()
    if request.method != "POST":
        return pairs
    kind = request.content_type
    if kind not in (FORM, QUERY, UPDATE):
        named = f"The type {kind} is" if kind else "A body without Content-Type is"
        raise Refusal(
            415 if kind else 400, f"{named} not understood here. Send {FORM}, {QUERY} or {UPDATE}."
        )
    text = await request.text(most)
    if kind == FORM:
        return pairs + decoded_form(text.encode())
    return [*pairs, ("query" if kind == QUERY else "update", text)]


def operation(pairs: Pairs) -> tuple[str, str] | None:
    """What is asked for, `query` or `update`, and its text; None if neither is sent.

    >>> operation([("query", "ASK {}"), ("default-graph-uri", "https://example.org/")])
    ('query', 'ASK {}')
    """
    found = [(name, value) for name, value in pairs if name in ("query", "update")]
    if len(found) > 1:
        raise Refusal(400, "The request holds more than one query or update. Send one.")
    return found[0] if found else None


class Memory:
    """Small answers that were given on the present snapshot, so that a page that is asked again costs little."""

    most, largest = 16 << 20, 1 << 16

    def __init__(self) -> None:
        self.snapshot: object = None
        self.kept: OrderedDict[object, Whole] = OrderedDict()
        self.size = 0

    def recall(self, key: object, snapshot: object) -> Whole | None:
        """The answer to the same request, if nothing was written since."""
        if snapshot is not self.snapshot:
            self.snapshot, self.size = snapshot, 0
            self.kept.clear()
        return self.kept.get(key)

    def keep(self, key: object, snapshot: object, text: str, reply: Whole | Streamed) -> None:
        """Keeps an answer, unless it is large, or another one each time."""
        if (
            snapshot is not self.snapshot
            or not isinstance(reply, Whole)
            or len(reply.body) > self.largest
        ):
            return
        if _CHANGING.search(text):
            return
        self.kept[key] = reply
        self.size += len(reply.body) + 500
        while self.size > self.most:
            (_, gone) = self.kept.popitem(last=False)
            self.size -= len(gone.body) + 500


async def query(request: Request, pairs: Pairs, text: str, pool: Pool, memory: Memory) -> Reply:
    """The answer to a query, in the form that the client likes best."""
    accept, snapshot, zipped = accepted(request, pairs), pool.snapshot, request.wants_gzip()
    key = (tuple(pairs), accept, zipped, request.url)
    if known := memory.recall(key, snapshot):
        return known
    rows, triples = choose(accept, ROWS), choose(accept, TRIPLES)
    if rows is None and triples is None:
        raise Refusal(406, f"None of the forms you accept can be written. There are {_listed()}.")
    job = await pool.ask(
        do="query",
        text=text,
        default=values(pairs, "default-graph-uri"),
        named=values(pairs, "named-graph-uri"),
        base=request.url,
        rows=rows.form if rows else "",
        triples=triples.form if triples else "",
        zipped=zipped,
    )
    choice = rows if job.head.gives_rows else triples
    assert choice is not None  # else the worker has refused
    reply = await answer(job, choice, request.scope)
    memory.keep(key, snapshot, text, reply)
    return reply


def accepted(request: Request, pairs: Sequence[tuple[str, str]]) -> str:
    """The `Accept` header, or what `format=` names where the header leaves it open."""
    accept = request.header("accept")
    named = values(pairs, "format")
    if named and accept in ("", "*/*"):
        return SHORT.get(named[0].lower(), named[0])
    return accept


def _listed() -> str:
    return ", ".join(dict.fromkeys(choice.media_type for choice in (*ROWS, *TRIPLES)))
