"""A process that forks the others: each new one stands at once, with all that it needs imported already.

The server would have to wait while it forks by itself, and so would everybody whom it answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from importlib import import_module
from typing import Any

from sq_graph.errors import EngineError
from sq_graph.web.process import Worker
from sq_graph.web.worker import end_with_parent

_TRIES = 3


class Nursery:
    """Starts worker processes from one that is prepared for it; begins another of those where it is gone."""

    def __init__(self) -> None:
        self.line: socket.socket | None = None
        self.turn = threading.Lock()

    async def start(self, worker: Worker, module: str, settings: dict[str, Any]) -> None:
        """Starts a process that runs `module.main(settings)` and lets it speak with `worker`.

        Raises EngineError where none starts, or processes cannot be forked.
        """
        if not hasattr(os, "fork"):
            raise EngineError(
                "this system cannot fork processes", remedy="Serve from Linux, macOS or WSL"
            )
        loop = asyncio.get_running_loop()
        worker.process, ours = await loop.run_in_executor(None, self._fork, module, settings)
        await loop.create_unix_connection(lambda: worker, sock=ours)

    def stop(self) -> None:
        """Ends it, and with it all that it has forked."""
        if self.line:
            self.line.close()

    def _fork(self, module: str, settings: dict[str, Any]) -> tuple[int, socket.socket]:
        """The new process, and the socket by which it is spoken with."""
        with self.turn:
            for _ in range(_TRIES):
                line = self.line = self.line or _begin()
                ours, theirs = socket.socketpair()
                answer = b""
                with theirs, contextlib.suppress(OSError):
                    socket.send_fds(
                        line, [json.dumps([module, settings]).encode()], [theirs.fileno()]
                    )
                    answer = line.recv(20)
                if answer:
                    return int(answer), ours
                ours.close()
                line.close()
                self.line = None
        raise EngineError("no process can be started", remedy="Free some memory, and try again")


def _begin() -> socket.socket:
    line, theirs = socket.socketpair()
    noise = None if os.environ.get("SQ_GRAPH_DEBUG") else subprocess.DEVNULL
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
    with theirs:
        subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=theirs.fileno(), stderr=noise, env=environment
        )
    return line


def main() -> None:
    """Forks a process for each request that comes in, until the line is closed."""
    end_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is forgotten at once
    import_module("pyoxigraph")
    line = socket.socket(fileno=0)
    while True:
        request, ends, _, _ = socket.recv_fds(line, 1 << 16, 1)
        if not request:
            return
        process = os.fork()
        if not process:
            _run(request, ends[0])
        os.close(ends[0])
        line.send(str(process).encode())


def _run(request: bytes, end: int) -> None:
    """What a new process does: it takes the socket for its standard input and output, works, and ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        os.dup2(end, 0)
        os.dup2(end, 1)
        os.close(end)
        module, settings = json.loads(request)
        import_module(module).main(settings)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
