"""The endpoint and the pages: `sq-graph serve`."""

from collections.abc import Iterable
from pathlib import Path

from sq_graph.graph.layout import current_workspace
from sq_graph.graph.sparql_limits import MEGABYTE
from sq_graph.web.settings import Settings

__all__ = ["Settings", "serve"]


def serve(
    settings: Settings | None = None,
    /,
    *,
    host: str = Settings.host,
    port: int = Settings.port,
    token: str = "",
    public_url: str = "",
    cors: Iterable[str] = (),
    timeout: float = Settings.timeout,
    memory: int = Settings.memory // MEGABYTE,
    workers: int = Settings.workers,
    log_queries: bool = False,
    workspace: str | Path | None = None,
    store: str | Path | None = None,
) -> None:
    """Serves the pages and the SPARQL endpoint until stopped, and prints their address.

    Parameters:
        settings: all settings at once, instead of the parameters below; it has further limits.
        host, port: the address to listen on.
        token: the token that writers must send; without one, only forms on this computer can write.
        public_url: the address that visitors see, its path included.
        cors: origins whose pages may read answers; `*` for all.
        timeout: time limit of a query or page, in seconds.
        memory: memory limit of a query or page, in megabytes.
        workers: number of worker processes.
        log_queries: also log the text of queries.
        workspace: a folder of your own, read over the packaged map; by default the current folder,
            if it is a workspace.
        store: a store on disk, instead of the files.

    Raises InputError if the address is invalid or in use.
    """
    from sq_graph.web.server import run

    folder = workspace or current_workspace()
    run(
        settings
        or Settings(
            host=host,
            port=port,
            folders=(Path(folder),) if folder else (),
            store=Path(store) if store else None,
            token=token,
            public_url=public_url,
            cors=tuple(cors),
            log_queries=log_queries,
            timeout=timeout,
            workers=workers,
            memory=memory * MEGABYTE,
        )
    )
