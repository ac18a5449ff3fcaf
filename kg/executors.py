"""Where batches of an import or a build run: in this process, in threads, in processes, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from kg.errors import ExecutorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["KINDS", "WINDOW", "open_executor", "run_ordered"]

KINDS: Final = "processes, threads, serial or dask:tcp://HOST:PORT"

WINDOW: Final = 16
"""Batches that are under way at the same time at most: enough for a small cluster, and a bound on memory."""

_Result = TypeVar("_Result")


@contextlib.contextmanager
def open_executor(kind: str) -> Iterator[Executor | None]:
    """Open the executor of this kind (:data:`KINDS`); None runs everything in this process.

    Raises:
        ExecutorError: There is no such kind, its package is not installed, or no cluster answers.
    """
    if kind == "serial":
        yield None
    elif kind == "threads":
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            yield threads
    elif kind == "processes":
        with _Processes() as processes:
            yield processes
    elif kind.startswith("dask:"):
        with _dask(kind.removeprefix("dask:")) as cluster:
            yield cluster
    else:
        raise ExecutorError(f"{kind!r} is no executor", hint=f"there are: {KINDS}")


class _Processes(Executor):
    """Processes that start when there is a third batch: for fewer, starting them costs more than the work."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._submitted = 0

    def submit(self, function: Callable[..., _Result], /, *arguments: Any, **named: Any) -> Future[_Result]:
        """Run a call, here while there are few of them."""
        self._submitted += 1
        if self._submitted > 2 and self._pool is None:
            self._pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))
        if self._pool is not None:
            return self._pool.submit(function, *arguments, **named)
        future: Future[_Result] = Future()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:  # noqa: BLE001 - as in any executor, the error comes out of the future
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


@contextlib.contextmanager
def _dask(address: str) -> Iterator[Executor]:
    if urlsplit(address).scheme not in {"tcp", "tls", "ws", "wss", "ucx"}:
        raise ExecutorError(f"{address!r} is no address of a Dask scheduler", hint="such as dask:tcp://10.0.0.5:8786")
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        hint = "install the extra: pip install 'ihub-graph[cluster]'"
        raise ExecutorError("a Dask cluster needs the package distributed", hint=hint) from error
    try:
        client = distributed.Client(address, timeout=10)
    except OSError as error:
        raise ExecutorError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        # Batches are pure, but Dask would take two equal ones for one task and keep its result.
        yield client.get_executor(pure=False)


def run_ordered(
    executor: Executor | None, function: Callable[..., _Result], calls: Iterable[tuple[Any, ...]]
) -> Iterator[_Result]:
    """Yield the results of calls in their order, with no more than :data:`WINDOW` of them under way.

    ``Executor.map`` takes all arguments at once, which would hold every record of a source in memory.

    Raises:
        ExecutorError: A worker process died.
    """
    if executor is None:
        for arguments in calls:
            yield function(*arguments)
        return
    waiting: deque[Future[_Result]] = deque()
    try:
        for arguments in calls:
            waiting.append(executor.submit(function, *arguments))
            while len(waiting) >= WINDOW or (waiting and waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor as error:
        hint = "it may have run out of memory; try --executor serial"
        raise ExecutorError(f"a worker ended unexpectedly: {error}", hint=hint) from error
    finally:
        for future in waiting:
            future.cancel()
