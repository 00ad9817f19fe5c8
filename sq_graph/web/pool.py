"""The worker processes: one task each at a time, within a deadline and a memory limit.

Each kind of task has a lane of its own, so that pages cannot take the workers of queries. A task
that has used the processor for more than a short slice is slow: its worker drops to idle priority
and ends with the task, and a fresh one is forked in its place. A few slow tasks of a lane run, some
more are stopped until one of those ends, further ones are refused. A changed map gets a loader
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

BUSY_INTERVAL, IDLE_INTERVAL = 0.005, 0.05
"""Seconds between two checks of the tasks: while there are any, and while there are none."""
MAX_WAITING = 1_000
"""Tasks of one lane that may wait for a worker."""
BUFFER_SIZE = 1 << 20
"""Bytes of an answer that the server buffers; more is read from the worker as it is sent."""
MAX_SLOW_KEYS = 1_000
"""Slow tasks that a lane remembers, so that their repetitions count as slow from the start."""
_KEY_FIELDS = ("kind", "text", "address", "form", "graph", "iris")
"""The fields that tell one task from another, which need not be slow because the first was."""
Receive = Callable[[], Awaitable[Any]]


LANE_OF = {"resource": "query", "graph": "query", "edit": "write"}
LANE_OF |= {"void": "page", "keep": "page", "form": "page"}
"""The lanes of the kinds of task that are not named after their lane."""


class Reply:
    """The answer of a worker: complete, or else read with `stream`."""

    def __init__(self, head: dict[str, Any], worker: Worker) -> None:
        self.head, self.worker = head, worker
        self.status, self.media, self.size = head["status"], head["media"], head["size"]
        self.remaining: int = self.size
        self.parts: deque[bytes] = deque()
        self.failure: HTTPException | None = None
        self.part_arrived = asyncio.Event()

    @property
    def is_complete(self) -> bool:
        """Whether all of it has arrived."""
        return self.remaining == 0

    def body(self) -> bytes:
        """All of a complete reply."""
        return b"".join(self.parts)

    async def stream(self) -> AsyncIterator[bytes]:
        """The parts as they arrive; raises HTTPException if the worker ends before the last."""
        try:
            while self.parts or self.remaining:
                while self.parts:
                    yield self.parts.popleft()
                self.worker.set_reading(True)
                if self.failure:
                    raise self.failure
                if self.remaining:
                    self.part_arrived.clear()
                    await self.part_arrived.wait()
        finally:
            if self.remaining:
                self.worker.kill()


class Task:
    """One task, from its request to its reply."""

    def __init__(
        self, content: dict[str, Any], body: bytes, lane: Lane, receive: Receive | None
    ) -> None:
        loop = asyncio.get_running_loop()
        self.content, self.body, self.deadline = content, body, loop.time() + lane.timeout
        self.key = hash(tuple(str(content.get(name)) for name in _KEY_FIELDS))
        self.result: asyncio.Future[Reply] = loop.create_future()
        self.worker: Worker | None = None
        self.receive = receive
        self.watcher: asyncio.Task[None] | asyncio.TimerHandle = loop.call_later(0.1, self._watch)

    def _watch(self) -> None:
        if self.receive:
            self.watcher = asyncio.create_task(self._refuse_on_disconnect(self.receive))

    async def _refuse_on_disconnect(self, receive: Receive) -> None:
        """Refuses it when its client leaves."""
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
            raise HTTPException(499, "The client left.")
        except HTTPException as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: HTTPException) -> None:
        """Ends it without an answer."""
        if not self.result.done():
            self.result.set_exception(refusal)


class Worker(asyncio.Protocol):
    """A worker process as the server sees it."""

    def __init__(self, lane: Lane, loader: Loader) -> None:
        self.lane, self.loader, self.buffer = lane, loader, bytearray()
        self.pid = 0
        self.is_slow = self.is_stopped = self.is_gone = False
        self.task: Task | None = None
        self.reply: Reply | None = None
        self.started = self.seconds_at_start = 0.0
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Keeps the connection to the process."""
        self.transport = transport

    def start(self, task: Task) -> None:
        """Sends the process a task."""
        self.started = asyncio.get_running_loop().time()
        self.task, task.worker = task, self
        self.seconds_at_start = processor_seconds(self.pid) or self.started
        content = {**task.content, "seconds": task.deadline - self.started, "size": len(task.body)}
        self.transport.write(json.dumps(content).encode() + b"\n" + task.body)

    def data_received(self, data: bytes) -> None:
        """Receives a message of the process: that it is ready, or a part of a reply."""
        if self.reply is None:
            self.buffer += data
            line, newline, remaining = self.buffer.partition(b"\n")
            if not newline:
                return
            self.buffer, head = bytearray(), json.loads(line)
            if not self.pid:
                self.pid = head["pid"]
                self.lane.reuse(self)
                return
            self.reply, data = Reply(head, self), bytes(remaining)
        reply = self.reply
        if data:
            reply.parts.append(data)
            reply.remaining -= len(data)
            reply.part_arrived.set()
        if reply.is_complete or reply.size > BUFFER_SIZE:
            assert self.task is not None
            if not self.task.result.done():
                self.task.result.set_result(reply)
        if reply.is_complete:
            self.task = self.reply = None
            self.set_reading(True)
            if not reply.head.get("is_last"):  # else the process ends, and another takes its place
                self.lane.reuse(self)
        elif sum(map(len, reply.parts)) > BUFFER_SIZE:  # of what is not sent yet
            self.set_reading(False)

    def set_reading(self, is_on: bool) -> None:
        """Resumes or pauses reading from the process, which waits for a slower client."""
        if not self.is_gone and self.transport.is_reading() != is_on:
            (self.transport.resume_reading if is_on else self.transport.pause_reading)()

    def task_seconds(self, now: float) -> float:
        """Processor seconds that the task has used; seconds of the clock if that is not known."""
        return (processor_seconds(self.pid) or now) - self.seconds_at_start

    def send_signal(self, number: int) -> None:
        """Sends the process a signal."""
        if self.pid and not self.is_gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self, refusal: HTTPException | None = None) -> None:
        """Kills the process, whatever it does; its task is refused."""
        self.send_signal(signal.SIGKILL)
        self.connection_lost(None, refusal)

    def connection_lost(self, exc: Exception | None, refusal: HTTPException | None = None) -> None:
        """Refuses the task of an ended process; without a `refusal`, it needed too much memory."""
        if self.is_gone:
            return
        self.is_gone = True
        if self.transport:
            self.transport.close()
        sentence = "This needed more memory than a task may use here. Ask for less at once."
        refusal = refusal or HTTPException(503, sentence)
        if self.task:
            self.task.refuse(refusal)
        if self.reply:
            self.reply.failure = refusal
            self.reply.part_arrived.set()
        self.lane.remove(self)


_STOPPING = "The server is being stopped."


@dataclass(eq=False)
class Lane:
    """The limits of one kind of task, its workers and the tasks that wait for them."""

    number: int
    capacity: int  # processes that wait for tasks, or do tasks that are not slow
    slow_after: float  # processor seconds after which a task is slow
    max_running: int  # slow tasks that run at once
    max_stopped: int  # further slow tasks that wait for one of those to end; more are refused
    nice: int
    memory: int
    timeout: float
    loader: Loader | None = None
    workers: set[Worker] = field(default_factory=set)
    idle: deque[Worker] = field(default_factory=deque)
    waiting: deque[Task] = field(default_factory=deque)
    slow_keys: OrderedDict[int, None] = field(default_factory=OrderedDict)
    is_closed: bool = False

    @property
    def is_sequential(self) -> bool:
        """Whether its tasks are done one after the other and are never slow: those that write."""
        return self.slow_after == float("inf")

    def close(self) -> None:
        """Refuses all tasks, since the server stops."""
        self.is_closed = True
        for task in self.waiting:
            task.refuse(busy(_STOPPING))
        for worker in [worker for worker in self.workers if worker.task]:
            worker.kill(busy(_STOPPING))

    def submit(self, task: Task) -> None:
        """Gives a task to a worker, or lets it wait for one."""
        if self.is_closed:
            task.refuse(busy(_STOPPING))
        elif len(self.waiting) >= MAX_WAITING or (task.key in self.slow_keys and self._is_full()):
            task.refuse(busy())
        elif self.idle:
            self._start(self.idle.pop(), task)
        else:
            self.waiting.append(task)

    def _start(self, worker: Worker, task: Task) -> None:
        worker.start(task)
        if task.key in self.slow_keys:
            self._mark_slow(worker)

    def reuse(self, worker: Worker) -> None:
        """Gives a ready worker its next task; kills it if its last was slow or its map is old."""
        if worker.is_slow or worker.loader is not self.loader:
            worker.kill()
            return
        # Writes are served in their order, and of reads the newest first, since under a flood its
        # client is the most likely to be still waiting.
        take = self.waiting.popleft if self.is_sequential else self.waiting.pop
        while self.waiting:
            task = take()
            if not task.result.done():
                self._start(worker, task)
                return
        self.idle.append(worker)

    def switch_to(self, loader: Loader) -> None:
        """Does all further tasks with the map of another loader."""
        self.loader = loader
        for worker in list(self.idle):
            worker.kill()
        self.fork_workers()

    def fork_workers(self) -> None:
        """Forks workers until there are enough besides the slow ones."""
        if self.loader is None or self.loader.is_gone or self.is_closed:
            return
        count = sum(not worker.is_slow and worker.loader is self.loader for worker in self.workers)
        for _ in range(self.capacity - count):
            self.workers.add(self.loader.fork(self))

    def remove(self, worker: Worker) -> None:
        """Removes an ended worker: a stopped task resumes, and another worker replaces it."""
        self.workers.discard(worker)
        with contextlib.suppress(ValueError):
            self.idle.remove(worker)
        stopped = [other for other in self.workers if other.is_stopped]
        if worker.is_slow and not worker.is_stopped and stopped:
            first = min(stopped, key=lambda other: other.started)
            first.is_stopped = False
            first.send_signal(signal.SIGCONT)
        if worker.pid:
            self.fork_workers()
        else:  # it ended before it was ready, so the next one waits a moment
            asyncio.get_running_loop().call_later(0.5, self.fork_workers)

    def enforce_limits(self, now: float) -> None:
        """Ends tasks that have passed their deadline, and marks the slow ones."""
        for expired in [task for task in self.waiting if now > task.deadline or task.result.done()]:
            self.waiting.remove(expired)
            expired.refuse(busy())
        for worker in list(self.workers):
            if (task := worker.task) is None or now - worker.started < BUSY_INTERVAL:
                continue
            if now > task.deadline:
                self._remember_slow(task)
                worker.kill(busy() if worker.is_stopped else _too_long(self.timeout))
            elif not worker.is_slow and worker.task_seconds(now) > self.slow_after:
                self._remember_slow(task)
                self._mark_slow(worker)

    def _mark_slow(self, worker: Worker) -> None:
        if self._is_full():
            worker.kill(busy())
            return
        running = sum(other.is_slow and not other.is_stopped for other in self.workers)
        worker.is_slow, worker.is_stopped = True, running >= self.max_running
        lower_priority(worker.pid)
        if worker.is_stopped:
            worker.send_signal(signal.SIGSTOP)
        self.fork_workers()

    def _is_full(self) -> bool:
        """Whether no further slow task may run or wait."""
        return sum(worker.is_slow for worker in self.workers) >= self.max_running + self.max_stopped

    def _remember_slow(self, task: Task) -> None:
        if self.is_sequential:  # a write that took too long delays no other
            return
        self.slow_keys[task.key] = None
        if len(self.slow_keys) > MAX_SLOW_KEYS:
            self.slow_keys.popitem(last=False)


def make_lanes(settings: Settings) -> dict[str, Lane]:
    """The lanes of a server by name; a task of kind `query` goes to the lane `query`."""
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
        self.control, self.child_end = socket.socketpair()
        self.process: asyncio.subprocess.Process | None = None
        self.connecting: deque[asyncio.Future[Any]] = deque(maxlen=100)  # keeps them referenced

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended."""
        return self.process is None or self.process.returncode is not None

    async def load(self, settings: dict[str, Any]) -> str:
        """Starts the process; returns what is wrong with the map, or an empty text."""
        descriptor, content = self.child_end.fileno(), json.dumps(settings, default=str)
        command = [sys.executable, "-m", "sq_graph.web.worker", str(descriptor), content]
        env = {**os.environ, "MALLOC_ARENA_MAX": "2"}  # less address space for each thread
        with self.child_end:
            self.process = await asyncio.create_subprocess_exec(
                *command, pass_fds=[descriptor], start_new_session=True, env=env
            )
        self.control.setblocking(False)
        text = await asyncio.get_running_loop().sock_recv(self.control, 1 << 16)
        message = json.loads(text or '{"failure": "The process that loads the map ended early."}')
        return str(message.get("failure", ""))

    def fork(self, lane: Lane) -> Worker:
        """A new worker of a lane."""
        worker = Worker(lane, self)
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self.control, [bytes([lane.number])], [theirs.fileno()])
        connection = asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)
        self.connecting.append(asyncio.ensure_future(connection))
        return worker

    def stop(self) -> None:
        """Ends the process, which ends its workers."""
        self.control.close()


class Pool:
    """The workers of one server, on the newest state of the map that could be read.

    `failure` says what is wrong with the files, if anything; `copy` is the folder of the copy of a
    store that readers see, or over files a text that changes with each save.
    """

    def __init__(self, settings: Settings) -> None:
        self.lanes = make_lanes(settings)
        self.settings = {
            **asdict(replace(settings, token="")),  # everybody sees the arguments of a process
            "editable": settings.editable,
            "lanes": [{"nice": lane.nice, "memory": lane.memory} for lane in self.lanes.values()],
        }
        self.copy, self.failure, self.state = str(settings.store or ""), "", 0
        self.loaders: list[Loader] = []
        self.load_lock = asyncio.Lock()
        self.watcher: asyncio.Task[None] | None = None
        self.replacement: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Loads the map and starts the workers; `failure` says why that was not possible."""
        await self.load()
        self.watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ends all processes."""
        if self.watcher:
            self.watcher.cancel()
        for loader in self.loaders:
            loader.stop()

    def refuse_all(self) -> None:
        """Refuses every running or waiting task with the reason, and takes no more."""
        for lane in self.lanes.values():
            lane.close()

    async def load(self) -> None:
        """Loads the files as they are now; if they are broken, the last good state stays."""
        async with self.load_lock:
            loader = Loader()
            changed = bool(self.loaders)
            failure = await loader.load({**self.settings, "copy": self.copy, "changed": changed})
            self.failure, self.state = failure, self.state + 1
            if failure:
                loader.stop()
                return
            self.loaders.append(loader)
            for lane in self.lanes.values():
                lane.switch_to(loader)

    def show(self, copy: str) -> None:
        """Lets readers see another copy of the store, or what was saved in the files of the map."""
        self.copy, self.state = copy, self.state + 1

    @property
    def has_slow_tasks(self) -> bool:
        """Whether slow tasks run or wait."""
        return any(worker.is_slow for lane in self.lanes.values() for worker in lane.workers)

    def copies_in_use(self) -> list[str]:
        """The copies of the store that tasks read."""
        tasks = (worker.task for lane in self.lanes.values() for worker in lane.workers)
        return sorted({self.copy, *(task.content["copy"] for task in tasks if task)})

    async def run(
        self, task: dict[str, Any], receive: Receive | None = None, body: bytes = b""
    ) -> Reply:
        """The reply to a task; raises HTTPException if there is none.

        Parameters:
            task: its `kind`, and what that kind needs.
            receive: the channel of the request; the task ends when its client leaves.
            body: the bytes that go with it.
        """
        lane = self.lanes[LANE_OF.get(task["kind"], task["kind"])]
        pending = Task({"copy": self.copy, **task}, body, lane, receive)
        lane.submit(pending)
        try:
            reply = await pending.result
            if reply.status >= 400 and reply.media == "text/plain" and reply.is_complete:
                raise HTTPException(reply.status, reply.body().decode())
            return reply
        finally:
            pending.watcher.cancel()
            if pending.worker and pending.worker.task is pending and not pending.worker.reply:
                pending.worker.kill()

    async def _watch(self) -> None:
        """Checks all tasks and loaders, as long as the server runs."""
        loop, lanes = asyncio.get_running_loop(), self.lanes.values()
        while True:
            is_working = any(worker.task for lane in lanes for worker in lane.workers)
            is_busy = is_working or any(lane.waiting for lane in lanes)
            await asyncio.sleep(BUSY_INTERVAL if is_busy else IDLE_INTERVAL)
            for lane in lanes:
                lane.enforce_limits(loop.time())
            self._check_loaders()

    def _check_loaders(self) -> None:
        """Ends the loaders of unused old states, and replaces one that was killed."""
        loaders_in_use = {worker.loader for lane in self.lanes.values() for worker in lane.workers}
        for loader in self.loaders[:-1]:
            if loader.is_gone or loader not in loaders_in_use:
                loader.stop()
                self.loaders.remove(loader)
        if self.loaders[-1].is_gone and (self.replacement is None or self.replacement.done()):
            self.replacement = asyncio.create_task(self._reload())

    async def _reload(self) -> None:
        await self.load()
        if self.failure:
            await asyncio.sleep(2)


def _too_long(seconds: float) -> HTTPException:
    sentence = f"This took longer than {seconds:g} seconds and was stopped. Ask for less at once."
    return HTTPException(503, sentence)


def processor_seconds(pid: int) -> float:
    """The processor seconds that another process has used; 0 if the system does not report them.

    >>> processor_seconds(os.getpid()) > 0 or sys.platform != "linux"
    True
    """
    with contextlib.suppress(OSError):
        return time.clock_gettime(~pid << 3 | 2)  # what clock_getcpuclockid gives on Linux
    return 0.0


def lower_priority(pid: int) -> None:
    """Limits a process for good to idle time, and to all cores but one."""
    with contextlib.suppress(OSError, AttributeError):  # other systems than Linux have none of this
        cores = sorted(os.sched_getaffinity(pid))
        os.sched_setaffinity(pid, cores[:-1] or cores)
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
