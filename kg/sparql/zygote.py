"""``python -m kg.sparql.zygote``: loads one release and answers queries on a Unix socket until its standard input ends.

It prints one line of JSON on standard output once it listens. It imports nothing that uses threads.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store

from kg.columns.files import Columns
from kg.sparql.confinement import Reach
from kg.sparql.evaluation import Evaluator
from kg.sparql.limits import Limits
from kg.sparql.pool import Pool
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

_BACKLOG = 512


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, listen, serve; return the exit status."""
    options = _parser().parse_args(arguments)
    limits = Limits(**{field.name: getattr(options, field.name) for field in dataclasses.fields(Limits)})
    evaluator, quads = _evaluator(options, limits)
    listener = _listen(options.socket)
    gc.collect()
    gc.freeze()  # a collection in a worker would write to every object, and so copy every page
    lifeline = None if options.standalone else sys.stdin.fileno()
    pool = Pool(
        listener, limits, evaluator, announce=lambda: _announce(quads), lifeline=lifeline, reach=_reach(options)
    )
    signal.signal(signal.SIGTERM, lambda *_: pool.finish())
    signal.signal(signal.SIGINT, lambda *_: pool.finish())
    try:
        return pool.run()
    finally:
        options.socket.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kg.sparql.zygote", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--quads", type=Path, help="N-Quads file to load into memory")
    source.add_argument("--store", type=Path, help="on-disk store to open read-only, in each worker")
    parser.add_argument("--columns", type=Path, help="columns of the same quads, for large joins and counts")
    source.add_argument("--remote", action="store_true", help="pass queries on to the server of IHUB_SPARQL_STORE")
    parser.add_argument("--socket", type=Path, required=True, help="path of the Unix socket; replaced if it exists")
    parser.add_argument("--base-iri", help="what relative IRIs in queries resolve against")
    parser.add_argument("--exclusive-default", action="store_true", help="default graph apart from the named ones")
    parser.add_argument("--no-prefixes", action="store_true", help="declare no prefix beforehand")
    parser.add_argument("--standalone", action="store_true", help="do not end with standard input")
    for field in dataclasses.fields(Limits):
        flag = "--" + field.name.replace("_", "-")
        parser.add_argument(flag, type=type(field.default), default=field.default, help=f"default {field.default}")
    return parser


def _evaluator(options: argparse.Namespace, limits: Limits) -> tuple[Callable[[], Evaluator], int | None]:
    """Return what makes a worker's evaluator, and the number of quads where it is known."""

    def over(store: Store) -> Evaluator:
        return Evaluator(
            store,
            base_iri=options.base_iri,
            union_default=not options.exclusive_default,
            prefixes={} if options.no_prefixes else PREFIXES,
            result_max_bytes=limits.result_max_bytes,
            columns=columns,
        )

    if options.remote:
        return _remote(options, limits), None
    columns = Columns.open(options.columns) if options.columns else None
    if options.store:
        # Opened in each worker: the store has threads of its own, and threads do not survive a fork.
        return lambda: over(Store.read_only(str(options.store))), None
    store = Store()
    store.bulk_load(path=str(options.quads), format=RdfFormat.N_QUADS)
    return lambda: over(store), len(store)


def _reach(options: argparse.Namespace) -> Reach:
    files = sum(1 for _ in options.store.iterdir()) if options.store else 0
    return Reach(remote=options.remote, files=files)


def _remote(options: argparse.Namespace, limits: Limits) -> Callable[[], Evaluator]:
    from kg.settings import Settings
    from kg.sparql.forwarding import RemoteEvaluator
    from kg.store.connection import StoreAddress

    # From the environment, because everybody can read a process's arguments.
    address = StoreAddress.from_settings(Settings.from_environment())
    if address is None:
        raise SystemExit("sparql zygote: IHUB_SPARQL_STORE is not set")
    return lambda: RemoteEvaluator(
        address,
        limits.deadline,
        base_iri=options.base_iri,
        prefixes={} if options.no_prefixes else PREFIXES,
        result_max_bytes=limits.result_max_bytes,
    )


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)  # only this user may ask
    try:
        listener.bind(str(path))
    finally:
        os.umask(mask)
    listener.listen(_BACKLOG)
    return listener


def _announce(quads: int | None) -> None:
    """Say that queries are answered now, and nothing any more on standard output."""
    print(json.dumps({"ready": True, "pid": os.getpid(), "quads": quads}), flush=True)  # noqa: T201 - who started it reads
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


if __name__ == "__main__":
    sys.exit(main())
