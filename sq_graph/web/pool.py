"""The worker processes: one task each at a time, within one deadline and one cap of memory.

Each kind of task has a lane of its own, so that pages cannot take the workers of queries. A task
that has used more of the processor than a short slice is slow: its worker drops to idle priority
and ends with the task, and a fresh one is forked in its place. A few slow tasks of a lane run, some
more are stopped until a place is free, further ones are refused. A changed map gets a loader
process of its own; the old one ends with its last task.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from starlette.exceptions import HTTPException

from sq_graph.web.errors import busy
from sq_graph.web.settings import Settings

TICK, REST = 0.005, 0.05
"""Seconds between two looks at the tasks: while there are any, and while there are none."""
WAITING = 1_000
"""Tasks of one lane that may wait for a worker."""
HELD = 1 << 20
"""Bytes of an answer that the server holds; a larger one is read from the worker as it is sent."""
REMEMBERED = 1_000
"""Texts of slow tasks that are remembered, so that they count as slow from the start."""
_TELLING = ("kind", "text", "address", "form", "graph", "iris")
"""What tells a task apart from others, which need not be slow because it was."""
Receive = Callable[[], Awaitable[Any]]


LANE_OF = {"resource": "query", "graph": "query", "edit": "write"}
LANE_OF |= {"void": "page", "keep": "page", "form": "page"}
"""The lane of the kinds of task that have none of their own name."""


class Reply:
    """The answer of a worker: complete, or else read with `stream`."""

    def __init__(self, head: dict[str, Any], worker: Worker) -> None:
        self.head, self.worker = head, worker
        self.status, self.media, self.size = head["status"], head["media"], head["size"]
        self.missing: int = self.size
        self.parts: deque[bytes] = deque()
        self.failure: HTTPException | None = None
        self.more = asyncio.Event()

    @property
    def is_complete(self) -> bool:
        """Whether all of it has come."""
        return self.missing == 0

    def body(self) -> bytes:
        """All of a complete reply."""
        return b"".join(self.parts)

    async def stream(self) -> AsyncIterator[bytes]:
        """The parts as they come; raises HTTPException where the worker ends before the last."""
        try:
            while self.parts or self.missing:
                while self.parts:
                    yield self.parts.popleft()
                self.worker.flow(True)
                if self.failure:
                    raise self.failure
                if self.missing:
                    self.more.clear()
                    await self.more.wait()
        finally:
            if self.missing:
                self.worker.end()


class Task:
    """One task, from its request to its reply."""

    def __init__(
        self, content: dict[str, Any], body: bytes, lane: Lane, receive: Receive | None
    ) -> None:
        loop = asyncio.get_running_loop()
        self.content, self.body, self.end = content, body, loop.time() + lane.seconds
        self.key = hash(tuple(str(content.get(name)) for name in _TELLING))
        self.answer: asyncio.Future[Reply] = loop.create_future()
        self.worker: Worker | None = None
        self.receive = receive
        self.watching: asyncio.Task[None] | asyncio.TimerHandle = loop.call_later(0.1, self._watch)

    def _watch(self) -> None:
        if self.receive:
            self.watching = asyncio.create_task(self._left(self.receive))

    async def _left(self, receive: Receive) -> None:
        """Refuses it when its client leaves."""
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
            raise HTTPException(499, "The client left.")
        except HTTPException as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: HTTPException) -> None:
        """Ends it without an answer."""
        if not self.answer.done():
            self.answer.set_exception(refusal)


class Worker(asyncio.Protocol):
    """A worker process as the server sees it."""

    def __init__(self, lane: Lane, loader: Loader) -> None:
        self.lane, self.loader, self.came = lane, loader, bytearray()
        self.pid = 0
        self.is_slow = self.is_stopped = self.is_gone = False
        self.task: Task | None = None
        self.reply: Reply | None = None
        self.began = self.used = 0.0
        self.line: Any = None

    def connection_made(self, transport: Any) -> None:
        """Keeps the line to the process."""
        self.line = transport

    def begin(self, task: Task) -> None:
        """Hands the process a task."""
        self.began = asyncio.get_running_loop().time()
        self.task, task.worker = task, self
        self.used = processor_seconds(self.pid) or self.began
        content = {**task.content, "seconds": task.end - self.began, "size": len(task.body)}
        self.line.write(json.dumps(content).encode() + b"\n" + task.body)

    def data_received(self, data: bytes) -> None:
        """Takes in what the process sends: that it is ready, or a part of a reply."""
        if self.reply is None:
            self.came += data
            line, found, rest = self.came.partition(b"\n")
            if not found:
                return
            self.came, head = bytearray(), json.loads(line)
            if not self.pid:
                self.pid = head["pid"]
                self.lane.free(self)
                return
            self.reply, data = Reply(head, self), bytes(rest)
        reply = self.reply
        if data:
            reply.parts.append(data)
            reply.missing -= len(data)
            reply.more.set()
        if reply.is_complete or reply.size > HELD:
            assert self.task is not None
            if not self.task.answer.done():
                self.task.answer.set_result(reply)
        if reply.is_complete:
            self.task = self.reply = None
            self.flow(True)
            if not reply.head.get("is_last"):  # else the process ends, and another takes its place
                self.lane.free(self)
        elif sum(map(len, reply.parts)) > HELD:  # of what is not sent yet
            self.flow(False)

    def flow(self, on: bool) -> None:
        """Reads on, or holds the process while the client is slower than it."""
        if not self.is_gone and self.line.is_reading() != on:
            (self.line.resume_reading if on else self.line.pause_reading)()

    def effort(self, now: float) -> float:
        """Seconds of the processor that the task has had; of the clock where that is not known."""
        return (processor_seconds(self.pid) or now) - self.used

    def send(self, number: int) -> None:
        """Sends the process a signal."""
        if self.pid and not self.is_gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def end(self, refusal: HTTPException | None = None) -> None:
        """Ends the process, whatever it does; its task is refused."""
        self.send(signal.SIGKILL)
        self.connection_lost(None, refusal)

    def connection_lost(self, exc: Exception | None, refusal: HTTPException | None = None) -> None:
        """The process is gone; without a `refusal` it needed too much memory."""
        if self.is_gone:
            return
        self.is_gone = True
        if self.line:
            self.line.close()
        sentence = "This needed more memory than a task may use here. Ask for less at once."
        refusal = refusal or HTTPException(503, sentence)
        if self.task:
            self.task.refuse(refusal)
        if self.reply:
            self.reply.failure = refusal
            self.reply.more.set()
        self.lane.lost(self)


_STOPPING = "The server is being stopped."


@dataclass(eq=False)
class Lane:
    """How one kind of task is treated, its workers and the tasks that wait for them."""

    number: int
    capacity: int  # processes that wait for tasks, or do tasks that are not slow
    slice: float  # seconds of the processor after which a task is slow
    running: int  # slow tasks that run at once
    stopped: int  # further slow tasks that wait for one of those to end; more are refused
    nice: int
    memory: int
    seconds: float
    loader: Loader | None = None
    workers: set[Worker] = field(default_factory=set)
    idle: deque[Worker] = field(default_factory=deque)
    waiting: deque[Task] = field(default_factory=deque)
    slow_keys: OrderedDict[int, None] = field(default_factory=OrderedDict)
    is_closed: bool = False

    @property
    def never_slow(self) -> bool:
        """Whether its tasks may take their time, one after the other: those that write."""
        return self.slice == float("inf")

    def close(self) -> None:
        """Ends all tasks, since the server stops."""
        self.is_closed = True
        for task in self.waiting:
            task.refuse(busy(_STOPPING))
        for worker in [one for one in self.workers if one.task]:
            worker.end(busy(_STOPPING))

    def submit(self, task: Task) -> None:
        """Gives a task to a worker, or lets it wait for one."""
        if self.is_closed:
            task.refuse(busy(_STOPPING))
        elif len(self.waiting) >= WAITING or (task.key in self.slow_keys and self._is_full()):
            task.refuse(busy())
        elif self.idle:
            self._begin(self.idle.pop(), task)
        else:
            self.waiting.append(task)

    def _begin(self, worker: Worker, task: Task) -> None:
        worker.begin(task)
        if task.key in self.slow_keys:
            self._slow_down(worker)

    def free(self, worker: Worker) -> None:
        """A worker is ready for a task, unless its last one was slow or its map is old."""
        if worker.is_slow or worker.loader is not self.loader:
            worker.end()
            return
        # A write waits its turn; of readers the newest is served first, since under a flood its
        # client is the likeliest to be there still.
        take = self.waiting.popleft if self.never_slow else self.waiting.pop
        while self.waiting:
            task = take()
            if not task.answer.done():
                self._begin(worker, task)
                return
        self.idle.append(worker)

    def use(self, loader: Loader) -> None:
        """Does all further tasks with another loader's map."""
        self.loader = loader
        for worker in list(self.idle):
            worker.end()
        self.fill()

    def fill(self) -> None:
        """Forks as many workers as there should be besides the slow ones."""
        if self.loader is None or self.loader.is_gone or self.is_closed:
            return
        fresh = sum(not one.is_slow and one.loader is self.loader for one in self.workers)
        for _ in range(self.capacity - fresh):
            self.workers.add(self.loader.fork(self))

    def lost(self, worker: Worker) -> None:
        """A worker is gone: a stopped task may go on, and another worker takes its place."""
        self.workers.discard(worker)
        with contextlib.suppress(ValueError):
            self.idle.remove(worker)
        stopped = [one for one in self.workers if one.is_stopped]
        if worker.is_slow and not worker.is_stopped and stopped:
            first = min(stopped, key=lambda one: one.began)
            first.is_stopped = False
            first.send(signal.SIGCONT)
        if worker.pid:
            self.fill()
        else:  # it died at birth, so the next one waits a moment
            asyncio.get_running_loop().call_later(0.5, self.fill)

    def look_after(self, now: float) -> None:
        """Ends the tasks that have passed their deadline, and finds the slow ones."""
        for waiting in [one for one in self.waiting if now > one.end or one.answer.done()]:
            self.waiting.remove(waiting)
            waiting.refuse(busy())
        for worker in list(self.workers):
            if (task := worker.task) is None or now - worker.began < TICK:
                continue
            if now > task.end:
                self._remember(task)
                worker.end(busy() if worker.is_stopped else _too_long(self.seconds))
            elif not worker.is_slow and worker.effort(now) > self.slice:
                self._remember(task)
                self._slow_down(worker)

    def _slow_down(self, worker: Worker) -> None:
        if self._is_full():
            worker.end(busy())
            return
        at_work = sum(one.is_slow and not one.is_stopped for one in self.workers)
        worker.is_slow, worker.is_stopped = True, at_work >= self.running
        lower_priority(worker.pid)
        if worker.is_stopped:
            worker.send(signal.SIGSTOP)
        self.fill()

    def _is_full(self) -> bool:
        """Whether no further slow task may run or wait."""
        return sum(one.is_slow for one in self.workers) >= self.running + self.stopped

    def _remember(self, task: Task) -> None:
        if self.never_slow:  # a write that ran too long stops no other
            return
        self.slow_keys[task.key] = None
        if len(self.slow_keys) > REMEMBERED:
            self.slow_keys.popitem(last=False)


def lanes_of(settings: Settings) -> dict[str, Lane]:
    """The lanes of a server, by name: a task of the kind `query` goes to the lane `query`."""
    memory, seconds = settings.memory, settings.timeout
    writers = int(settings.writable or settings.editable)
    return {
        "query": Lane(0, settings.workers, 0.01, 3, 16, 0, memory, seconds),
        "page": Lane(1, 3, 0.6, 2, 6, 5, memory, seconds),
        "picture": Lane(2, 1, 0.03, 1, 2, 10, memory, seconds),
        "write": Lane(3, writers, float("inf"), 0, 0, 0, 4 * memory, settings.write_timeout),
    }


class Loader:
    """The process that holds one state of the map, and forks the workers."""

    def __init__(self) -> None:
        self.control, self.theirs = socket.socketpair()
        self.process: asyncio.subprocess.Process | None = None
        self.joining: deque[asyncio.Future[Any]] = deque(maxlen=100)  # refers to what is under way

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended."""
        return self.process is None or self.process.returncode is not None

    async def load(self, settings: dict[str, Any]) -> str:
        """Starts the process; what is wrong with the map, or else an empty text."""
        line, content = self.theirs.fileno(), json.dumps(settings, default=str)
        words = [sys.executable, "-m", "sq_graph.web.worker", str(line), content]
        env = {**os.environ, "MALLOC_ARENA_MAX": "2"}  # less address space for each thread
        with self.theirs:
            self.process = await asyncio.create_subprocess_exec(
                *words, pass_fds=[line], start_new_session=True, env=env
            )
        self.control.setblocking(False)
        text = await asyncio.get_running_loop().sock_recv(self.control, 1 << 16)
        found = json.loads(text or '{"failure": "The process that loads the map ended early."}')
        return str(found.get("failure", ""))

    def fork(self, lane: Lane) -> Worker:
        """A new worker of a lane."""
        worker = Worker(lane, self)
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self.control, [bytes([lane.number])], [theirs.fileno()])
        joining = asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)
        self.joining.append(asyncio.ensure_future(joining))
        return worker

    def stop(self) -> None:
        """Ends the process, which ends its workers."""
        self.control.close()


class Pool:
    """The workers of one server, on the newest state of the map that could be read.

    `failure` says what is wrong with the files, if anything; `place` is the copy of a store that
    readers see.
    """

    def __init__(self, settings: Settings) -> None:
        self.lanes = lanes_of(settings)
        self.settings = {
            **asdict(replace(settings, token="")),  # since everybody sees how a process was started
            "answers": settings.answers,
            "editable": settings.editable,
            "lanes": [{"nice": lane.nice, "memory": lane.memory} for lane in self.lanes.values()],
        }
        self.place, self.failure, self.state = str(settings.store or ""), "", 0
        self.loaders: list[Loader] = []
        self.loading = asyncio.Lock()
        self.watching: asyncio.Task[None] | None = None
        self.replacing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Loads the map and starts the workers; `failure` says why that was not possible."""
        await self.load()
        self.watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ends all processes."""
        if self.watching:
            self.watching.cancel()
        for loader in self.loaders:
            loader.stop()

    def refuse_all(self) -> None:
        """Ends every task that runs or waits, with an answer that names the reason, and takes no
        more.
        """
        for lane in self.lanes.values():
            lane.close()

    async def load(self) -> None:
        """Takes up the files as they are now; where they are broken, the last good state stays."""
        async with self.loading:
            loader = Loader()
            changed = bool(self.loaders)
            failure = await loader.load({**self.settings, "place": self.place, "changed": changed})
            self.failure, self.state = failure, self.state + 1
            if failure:
                loader.stop()
                return
            self.loaders.append(loader)
            for lane in self.lanes.values():
                lane.use(loader)

    def show(self, place: str) -> None:
        """Lets readers see another copy of the store, or read what was saved in the files of the
        map.
        """
        self.place, self.state = place, self.state + 1

    @property
    def is_strained(self) -> bool:
        """Whether slow tasks run or wait."""
        return any(one.is_slow for lane in self.lanes.values() for one in lane.workers)

    def in_use(self) -> list[str]:
        """The copies of the store that some task reads."""
        workers = (worker for lane in self.lanes.values() for worker in lane.workers)
        return sorted({self.place, *(one.task.content["place"] for one in workers if one.task)})

    async def run(
        self, task: dict[str, Any], receive: Receive | None = None, body: bytes = b""
    ) -> Reply:
        """The reply to a task; raises HTTPException where there is none.

        Parameters:
            task: its `kind`, and what that kind needs.
            receive: the channel of the request; the task ends when its client leaves.
            body: the bytes that go with it.
        """
        lane = self.lanes[LANE_OF.get(task["kind"], task["kind"])]
        made = Task({"place": self.place, **task}, body, lane, receive)
        lane.submit(made)
        try:
            reply = await made.answer
            if reply.status >= 400 and reply.media == "text/plain" and reply.is_complete:
                raise HTTPException(reply.status, reply.body().decode())
            return reply
        finally:
            made.watching.cancel()
            if made.worker and made.worker.task is made and not made.worker.reply:
                made.worker.end()

    async def _watch(self) -> None:
        """Looks after all tasks and loaders, as long as the server runs."""
        loop, lanes = asyncio.get_running_loop(), self.lanes.values()
        while True:
            is_busy = any(lane.waiting or any(one.task for one in lane.workers) for lane in lanes)
            await asyncio.sleep(TICK if is_busy else REST)
            for lane in lanes:
                lane.look_after(loop.time())
            self._look_after_loaders()

    def _look_after_loaders(self) -> None:
        """Ends the loaders of old states that nobody needs, and replaces one that was killed."""
        used = {worker.loader for lane in self.lanes.values() for worker in lane.workers}
        for loader in self.loaders[:-1]:
            if loader.is_gone or loader not in used:
                loader.stop()
                self.loaders.remove(loader)
        if self.loaders[-1].is_gone and (self.replacing is None or self.replacing.done()):
            self.replacing = asyncio.create_task(self._replace())

    async def _replace(self) -> None:
        await self.load()
        if self.failure:
            await asyncio.sleep(2)


def _too_long(seconds: float) -> HTTPException:
    sentence = f"This took longer than {seconds:g} seconds and was stopped. Ask for less at once."
    return HTTPException(503, sentence)


def processor_seconds(process: int) -> float:
    """The seconds that another process has had of the processor; 0 where the system does not tell.

    >>> processor_seconds(os.getpid()) > 0 or sys.platform != "linux"
    True
    """
    with contextlib.suppress(OSError):
        return time.clock_gettime(~process << 3 | 2)  # what clock_getcpuclockid gives on Linux
    return 0.0


def lower_priority(process: int) -> None:
    """Leaves a process what nobody else wants of all cores but one, for good."""
    with contextlib.suppress(OSError, AttributeError):  # other systems than Linux have none of this
        cores = sorted(os.sched_getaffinity(process))
        os.sched_setaffinity(process, cores[:-1] or cores)
        os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))
