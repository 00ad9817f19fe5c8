"""The endpoint and the pages: `sq-graph serve`."""

from collections.abc import Iterable
from pathlib import Path

from sq_graph.graph.layout import found_workspace
from sq_graph.web.settings import MEGABYTE, Settings

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
    """Serves the pages and the SPARQL endpoint until stopped, and prints where.

    Parameters:
        settings: all settings at once, in place of what follows; it has further limits.
        host, port: the address to listen on.
        token: what writers send; nobody writes without it.
        public_url: the address that visitors see, its path included.
        cors: origins whose pages may read answers; `*` for all.
        timeout: seconds until a query or a page is stopped.
        memory: megabytes that a query or a page may use.
        workers: processes that wait for queries.
        log_queries: log the text of queries, too.
        workspace: a folder of your own, read over the packaged map; the current folder, if it is
            one.
        store: a store on disk, in place of the files.

    Raises InputError if the address is taken, or no address at all.
    """
    from sq_graph.web.server import run

    folder = workspace or found_workspace()
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
