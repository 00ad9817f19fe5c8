"""`python -m sq_graph.web.worker`: loads the map once, then forks a worker for each socket it is
sent.

A worker reads tasks, each one line of JSON followed by the bytes that it announces, and answers
each in the same form. The loader itself never does a task, so it notices at once when the server is
gone (its control socket ends), and then ends all its workers.
"""

import contextlib
import ctypes
import gc
import gzip
import json
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.check.store_writer import StoreWriter
from sq_graph.errors import BrokenFile, SqGraphError
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.layout import packaged
from sq_graph.graph.snapshot import Snapshot, SnapshotAnswer
from sq_graph.graph.sparql_limits import Limits
from sq_graph.web import pages
from sq_graph.web.errors import sentence_of, status_of
from sq_graph.web.pages import forms
from sq_graph.web.pages.linked_data import known_iri, statements_about
from sq_graph.web.pages.tasks import rendered

WORTH_ZIPPING = 1024
"""Bytes from which an answer is compressed."""

TaskFields = dict[str, Any]


@dataclass(frozen=True)
class TaskResult:
    """What a task gives; `head` holds what the server wants to know besides."""

    body: bytes = b""
    status: int = 200
    media: str = "text/plain"
    head: TaskFields = field(default_factory=dict)


class Tasks:
    """What a worker can do, over the map in memory or over the newest copy of a store."""

    def __init__(self, settings: TaskFields) -> None:
        self.settings, self.limits = settings, Limits(**settings["limits"])
        self.context: pages.PageContext | None = None
        self.place: str | None = None
        self.writer: StoreWriter | None = None
        self.memory: int | None = None

    def open(self, place: str) -> pages.PageContext:
        """The map, or the copy of a store in the folder `place`, opened if another was open.

        Over files, another `place` means that a form was saved: they are read again.
        """
        if self.context and place == self.place:
            return self.context
        if self.settings["store"]:
            self.context = None  # closes the old copy first
            cap_memory(None)  # the engine opens its files with many threads at once
            atlas = Atlas(EmbeddedGraph(Path(place), read_only=True), [packaged()])
            cap_memory(self.memory)
        elif self.context:
            atlas = self.context.atlas
            with contextlib.suppress(BrokenFile):  # the last state that could be read stays
                atlas.refresh()
        else:
            atlas = sq_graph.open(*self.settings["folders"])
            atlas.graph.graphs()  # named graphs are read when they are first asked for
        answers, url = self.settings["answers"], self.settings["public_url"]
        self.context = pages.PageContext(atlas, url, answers and Path(answers))
        self.context.edit_links = forms.edit_links if self.settings["editable"] else None
        self.place = place
        return self.context

    def graph_of(self, task: TaskFields) -> EmbeddedGraph:
        """The graph that a task reads."""
        graph = self.open(task["place"]).graph
        assert isinstance(graph, EmbeddedGraph)
        return graph

    def snapshot(self, task: TaskFields) -> Snapshot:
        """The graph that untrusted queries read."""
        graph = self.graph_of(task)
        return Snapshot(graph.store, self.limits, graph.is_union)

    def do(self, task: TaskFields) -> TaskResult:
        """The answer to a task; raises what stands in its way."""
        own = (self.query, self.graph, self.resource, self.write)
        done_by = {method.__name__: method for method in own}
        return done_by.get(task["kind"], self.rendered)(task)

    def query(self, task: TaskFields) -> TaskResult:
        """The answer to a SPARQL query, in the form chosen for rows or for triples."""
        found = self.snapshot(task).answer(
            task["text"], task.get("default", ()), task.get("named", ()), task.get("base")
        )
        form, media = task["rows" if found.gives_rows else "triples"] or ("", "")
        if not form:
            kind = "rows" if found.gives_rows else "triples"
            sentence = f"The answer has {kind}, which cannot be written in any form you accept."
            return TaskResult(sentence.encode(), 406)
        return self._body(found, form, media)

    def _body(self, found: SnapshotAnswer, form: str, media: str) -> TaskResult:
        body, rows = found.serialise(form, self.settings["result_bytes"])
        return TaskResult(body, media=media, head={"rows": rows})

    def graph(self, task: TaskFields) -> TaskResult:
        """A whole graph; a file in Turtle as it is written."""
        form, media = task["triples"]
        text = self.graph_of(task).text(task["graph"] or "")
        if form == "turtle" and text is not None:
            return TaskResult(text, media=media)
        found = self.snapshot(task).graph(task["graph"])
        if found is None:
            return TaskResult(b"There is no graph of this name.", 404)
        return self._body(found, form, media)

    def resource(self, task: TaskFields) -> TaskResult:
        """The first of some IRIs that the graph knows: its graph, or the statements about it."""
        graph = self.graph_of(task)
        if (iri := known_iri(graph, task["iris"])) is None:
            return TaskResult(b"The graph does not contain this IRI.", 404)
        if not task["triples"]:
            return TaskResult(head={"page": pages.address_of(iri)})
        if iri in graph.graphs():
            return self.graph({**task, "graph": iri})
        return self.query({**task, "text": statements_about(iri), "rows": None})

    def rendered(self, task: TaskFields) -> TaskResult:
        """A page, a download or a form, or where a client goes on."""
        context = self.open(task["place"])
        context.run = lambda text: self._run(task, text)
        page = rendered(context, task)
        head = {"page": page.place} if page.place else {"lasting": page.lasting}
        return TaskResult(page.body, page.status, page.media, head)

    def write(self, task: TaskFields) -> TaskResult:
        """Changes the store, and names its newest copy, if that shows the store as it is."""
        if self.writer is None:
            cap_memory(None)
            self.writer = StoreWriter(Path(self.settings["store"]), self.settings)
            cap_memory(self.memory)
        done = self.writer.do(task, task["body"])
        return TaskResult(head={"done": done, "place": str(self.writer.copy or "")})

    def _run(self, task: TaskFields, text: str) -> tuple[str, str]:
        """A query of the page: its answer as JSON or N-Triples, or else the sentence why not."""
        if sentence := task.get("unanswered"):
            return "", sentence
        forms = {"rows": ("json", ""), "triples": ("ntriples", "")}
        try:
            return self.query({**task, **forms, "text": text}).body.decode(), ""
        except (SqGraphError, MemoryError) as error:
            return "", sentence_of(error)


# ---- processes


def work(line: socket.socket, tasks: Tasks, memory: int) -> None:
    """Does task after task until the server closes the line."""
    end_with_parent()
    tasks.memory = memory
    cap_memory(memory)
    line.sendall(b'{"pid": %d}\n' % os.getpid())
    incoming = line.makefile("rb")
    for text in incoming:
        task = json.loads(text)
        task["body"] = incoming.read(task["size"])
        # a backstop in the kernel, should the server fail to stop this process
        signal.setitimer(signal.ITIMER_REAL, task["seconds"] + 1)
        answer = _answer(tasks, task)
        head = {"status": answer.status, "media": answer.media, **answer.head}
        content = answer.body
        if task.get("gzip") and len(content) > WORTH_ZIPPING and answer.status == 200:
            content, head["gzip"] = gzip.compress(content, 4, mtime=0), True
        signal.setitimer(signal.ITIMER_REAL, 0)
        # what could not be undone here is undone when the store is next opened
        head["is_last"] = bool(tasks.writer and not tasks.writer.is_open)
        line.sendall(json.dumps({**head, "size": len(content)}).encode() + b"\n" + content)
        if head["is_last"]:
            return


def _answer(tasks: Tasks, task: TaskFields) -> TaskResult:
    try:
        return tasks.do(task)
    except MemoryError as error:
        if not error.args:
            os._exit(1)  # the memory cap; the server says so
        return TaskResult(str(error).encode(), 503)
    except Exception as error:  # the process goes on with its next task, whatever the engine says
        return TaskResult(sentence_of(error).encode(), status_of(error))


def end_with_parent() -> None:
    """Lets this process end with the loader, and leaves Ctrl-C to the server."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # does not interrupt the server when it wakes up
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def cap_memory(more: int | None) -> None:
    """Allows this process `more` bytes than it has now, or (None) as many as it wants.

    Without effect where the system has no such limit.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = hard if more is None else pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _prepared(settings: TaskFields) -> Tasks:
    """The tasks with all that the workers can share: the map, and what pages compute once."""
    tasks = Tasks(settings)
    if not settings["store"]:
        context = tasks.open(settings["place"])
        if settings["changed"]:  # soon is better than warm: whoever saved a form waits for it
            context.atlas.digest  # noqa: B018 - every page shows it
        else:
            pages.warm_up(context)
    gc.collect()
    gc.freeze()  # so that the workers share its memory
    return tasks


def _failure(error: Exception, settings: TaskFields) -> str:
    """Why the map cannot be read; paths are shown relative to the folder that they lie in."""
    sentence = sentence_of(error)
    for folder in settings["folders"]:
        sentence = sentence.replace(f"{Path(folder).resolve()}/", "")
    return sentence


def main(control: socket.socket, settings: TaskFields) -> None:
    """Loads the map, reports that, and forks workers until the control socket ends."""
    try:
        tasks = _prepared(settings)
    except Exception as error:
        control.sendall(json.dumps({"failure": _failure(error, settings)}).encode() + b"\n")
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # leaves no zombies
    control.sendall(b"{}\n")
    while True:
        lane, lines, _, _ = socket.recv_fds(control, 1, 1)
        if not lines:
            os.killpg(0, signal.SIGKILL)
        chosen = settings["lanes"][lane[0]]
        if os.fork() == 0:
            control.close()
            os.nice(chosen["nice"])
            try:
                work(socket.socket(fileno=lines[0]), tasks, chosen["memory"])
            finally:
                os._exit(0)
        os.close(lines[0])


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
