"""`python -m sq_graph.web.worker`: loads the map once, then forks a worker for each socket that it
receives.

A worker reads tasks, each a line of JSON followed by as many bytes as the line says, and answers
each in the same form. The loader itself does no tasks, so it notices at once when the server has
ended (its control socket closes), and then kills all its workers.
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
from sq_graph.graph.layout import packaged, workspace
from sq_graph.graph.snapshot import Snapshot, SnapshotAnswer
from sq_graph.graph.sparql_limits import Limits
from sq_graph.web import pages
from sq_graph.web.errors import sentence_of, status_of
from sq_graph.web.pages import forms
from sq_graph.web.pages.linked_data import known_iri, statements_about
from sq_graph.web.pages.tasks import render_task

WORTH_ZIPPING = 1024
"""Bytes above which an answer is compressed."""

TaskFields = dict[str, Any]


@dataclass(frozen=True)
class TaskResult:
    """The result of a task; `head` holds further values for the server."""

    body: bytes = b""
    status: int = 200
    media: str = "text/plain"
    head: TaskFields = field(default_factory=dict)


class Tasks:
    """The tasks of a worker, over the map in memory or over a copy of a store."""

    def __init__(self, settings: TaskFields) -> None:
        self.settings, self.limits = settings, Limits(**settings["limits"])
        self.context: pages.PageContext | None = None
        self.copy: str | None = None
        self.layouts = [packaged(), *map(workspace, map(Path, settings["folders"]))]
        self.writer: StoreWriter | None = None
        self.memory: int | None = None

    def open(self, copy: str) -> pages.PageContext:
        """The map, or the copy of a store in the folder `copy`, opened if another was open.

        Over files, another `copy` means that a form was saved, so the files are read again.
        """
        if self.context and copy == self.copy:
            return self.context
        if self.settings["store"]:
            self.context = None  # closes the old copy first
            cap_memory(None)  # the engine opens its files with many threads at once
            atlas = Atlas(EmbeddedGraph(Path(copy), read_only=True), self.layouts)
            cap_memory(self.memory)
        elif self.context:
            atlas = self.context.atlas
            with contextlib.suppress(BrokenFile):  # the last state that could be read stays
                atlas.refresh()
        else:
            atlas = sq_graph.open(*self.settings["folders"])
            atlas.graph.graphs()  # named graphs are read when they are first asked for
        self.context = pages.PageContext(atlas, self.settings["public_url"])
        self.context.edit_links = forms.edit_links if self.settings["editable"] else None
        self.copy = copy
        return self.context

    def graph_of(self, task: TaskFields) -> EmbeddedGraph:
        """The graph that a task reads."""
        graph = self.open(task["copy"]).graph
        assert isinstance(graph, EmbeddedGraph)
        return graph

    def snapshot(self, task: TaskFields) -> Snapshot:
        """The graph that untrusted queries read."""
        graph = self.graph_of(task)
        return Snapshot(graph.store, self.limits, graph.is_union, bool(self.settings["store"]))

    def do(self, task: TaskFields) -> TaskResult:
        """The result of a task; raises whatever error prevents it."""
        named = {do.__name__: do for do in (self.query, self.graph, self.resource, self.write)}
        return named.get(task["kind"], self.render)(task)

    def query(self, task: TaskFields) -> TaskResult:
        """The answer to a SPARQL query, in the form chosen for rows or for triples."""
        answer = self.snapshot(task).answer(
            task["text"], task.get("default", ()), task.get("named", ()), task.get("base")
        )
        form, media = task["rows" if answer.gives_rows else "triples"] or ("", "")
        if not form:
            kind = "rows" if answer.gives_rows else "triples"
            sentence = f"The answer has {kind}, which cannot be written in any form you accept."
            return TaskResult(sentence.encode(), 406)
        return self._body(answer, form, media)

    def _body(self, answer: SnapshotAnswer, form: str, media: str) -> TaskResult:
        body, rows = answer.serialise(form, self.settings["result_bytes"])
        return TaskResult(body, media=media, head={"rows": rows})

    def graph(self, task: TaskFields) -> TaskResult:
        """A whole graph; a file in Turtle is sent as it is written."""
        form, media = task["triples"]
        text = self.graph_of(task).text(task["graph"] or "")
        if form == "turtle" and text is not None:
            return TaskResult(text, media=media)
        if (answer := self.snapshot(task).graph(task["graph"])) is None:
            return TaskResult(b"There is no graph of this name.", 404)
        return self._body(answer, form, media)

    def resource(self, task: TaskFields) -> TaskResult:
        """The first of some IRIs that the graph contains: its graph, or the statements about it."""
        graph = self.graph_of(task)
        if (iri := known_iri(graph, task["iris"])) is None:
            return TaskResult(b"The graph does not contain this IRI.", 404)
        if not task["triples"]:
            return TaskResult(head={"page": pages.address_of(iri)})
        if iri in graph.graphs():
            return self.graph({**task, "graph": iri})
        return self.query({**task, "text": statements_about(iri), "rows": None})

    def render(self, task: TaskFields) -> TaskResult:
        """A page, a download or a form, or the address of a redirect."""
        context = self.open(task["copy"])
        context.run = lambda text: self._run(task, text)
        page = render_task(context, task)
        head = {"page": page.location} if page.location else {"lasting": page.is_cacheable}
        return TaskResult(page.body, page.status, page.media, head)

    def write(self, task: TaskFields) -> TaskResult:
        """Changes the store, and returns its newest copy if that is up to date."""
        if self.writer is None:
            cap_memory(None)
            self.writer = StoreWriter(Path(self.settings["store"]), self.settings, self.layouts)
            cap_memory(self.memory)
        done = self.writer.do(task, task["body"])
        return TaskResult(head={"done": done, "copy": str(self.writer.copy or "")})

    def _run(self, task: TaskFields, text: str) -> tuple[str, str]:
        """The answer to a query of a page as JSON or N-Triples, or else the reason why not."""
        if sentence := task.get("unanswered"):
            return "", sentence
        forms = {"rows": ("json", ""), "triples": ("ntriples", "")}
        try:
            return self.query({**task, **forms, "text": text}).body.decode(), ""
        except (SqGraphError, MemoryError) as error:
            return "", sentence_of(error)


# ---- processes


def work(channel: socket.socket, tasks: Tasks, memory: int) -> None:
    """Does task after task until the server closes the channel."""
    end_with_parent()
    tasks.memory = memory
    cap_memory(memory)
    channel.sendall(b'{"pid": %d}\n' % os.getpid())
    incoming = channel.makefile("rb")
    for line in incoming:
        task = json.loads(line)
        task["body"] = incoming.read(task["size"])
        # a backstop in the kernel, should the server fail to stop this process
        signal.setitimer(signal.ITIMER_REAL, task["seconds"] + 1)
        result = _do_task(tasks, task)
        head = {"status": result.status, "media": result.media, **result.head}
        content = result.body
        if task.get("gzip") and len(content) > WORTH_ZIPPING and result.status == 200:
            content, head["gzip"] = gzip.compress(content, 4, mtime=0), True
        signal.setitimer(signal.ITIMER_REAL, 0)
        # what could not be undone here is undone when the store is next opened
        head["is_last"] = bool(tasks.writer and not tasks.writer.is_open)
        channel.sendall(json.dumps({**head, "size": len(content)}).encode() + b"\n" + content)
        if head["is_last"]:
            return


def _do_task(tasks: Tasks, task: TaskFields) -> TaskResult:
    try:
        return tasks.do(task)
    except MemoryError as error:
        if not error.args:
            os._exit(1)  # the memory limit; the server reports it
        return TaskResult(str(error).encode(), 503)
    except Exception as error:  # the process goes on with its next task, whatever the engine says
        return TaskResult(sentence_of(error).encode(), status_of(error))


def end_with_parent() -> None:
    """Makes this process end with the loader, and leaves Ctrl-C to the server."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # so as not to interrupt the server on waking up
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def cap_memory(extra: int | None) -> None:
    """Limits this process to `extra` bytes more than it has now, or (None) lifts the limit.

    Without effect if the system has no such limit.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        page_count = int(Path("/proc/self/statm").read_text().split()[0])
        maximum = hard if extra is None else page_count * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (maximum, hard))


def _load_tasks(settings: TaskFields) -> Tasks:
    """The tasks with all data that workers can share: the map, and what pages compute once."""
    tasks = Tasks(settings)
    if not settings["store"]:
        context = tasks.open(settings["copy"])
        if settings["changed"]:  # not warmed up, since whoever saved a form waits for it
            context.atlas.digest  # noqa: B018 - every page shows it
        else:
            pages.warm_up(context)
    gc.collect()
    gc.freeze()  # so that the workers share its memory
    return tasks


def _failure_message(error: Exception, settings: TaskFields) -> str:
    """Why the map cannot be read; paths are relative to the workspace."""
    sentence = sentence_of(error)
    for folder in settings["folders"]:
        sentence = sentence.replace(f"{Path(folder).resolve()}/", "")
    return sentence


def main(control: socket.socket, settings: TaskFields) -> None:
    """Loads the map, reports that, and forks workers until the control socket ends."""
    try:
        tasks = _load_tasks(settings)
    except Exception as error:
        control.sendall(json.dumps({"failure": _failure_message(error, settings)}).encode() + b"\n")
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # leaves no zombies
    control.sendall(b"{}\n")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            os.killpg(0, signal.SIGKILL)
        lane = settings["lanes"][message[0]]
        if os.fork() == 0:
            control.close()
            os.nice(lane["nice"])
            try:
                work(socket.socket(fileno=descriptors[0]), tasks, lane["memory"])
            finally:
                os._exit(0)
        os.close(descriptors[0])


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
