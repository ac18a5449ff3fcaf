"""The class of gunicorn's web workers: threads that stay with a connection for a moment after each answer."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Final

from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from gunicorn.workers.gthread import TConn

__all__ = ["WebWorker"]

_MOMENT: Final = 2  # milliseconds


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker of threads whose clients may ask one thing after the other without passing through its main thread.

    A program that has read an answer mostly asks again at once. Otherwise its connection goes to the main thread, from
    there into a poll and from there to another thread, which takes as long as a simple answer.
    """

    def handle(self, conn: TConn) -> object:
        """Answer a request, and those that follow at once on the same connection."""
        kept: object = super().handle(conn)
        while kept is True and self._may_stay(conn) and _asks_again(conn):
            kept = super().handle(conn)
        return kept

    def _may_stay(self, conn: TConn) -> bool:
        """Whether waiting keeps nobody from a thread, and the poll tells all: nothing has been read ahead."""
        spare = self.alive and self.nr_conns <= self.cfg.threads
        return bool(spare and not self.cfg.is_ssl and not conn.is_http2 and not conn.parser.unreader.buf.getvalue())


def _asks_again(conn: TConn) -> bool:
    """Whether the client's next request begins, or its connection ends, within a moment."""
    poll = select.poll()
    poll.register(conn.sock, select.POLLIN)
    return bool(poll.poll(_MOMENT))
