"""A poll loop of one thread: descriptors and what to do when something happens on them."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HANG_UP_ONLY", "READABLE", "Reactor"]

READABLE: Final = select.POLLIN
"""Call when there is something to read, or the other end is gone."""
HANG_UP_ONLY: Final = 0
"""Call only when the other end is gone; unread bytes are not reported."""


class Reactor:
    """Calls one handler per watched descriptor."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._handlers: dict[int, Callable[[], None]] = {}

    def watch(self, descriptor: int, events: int, handler: Callable[[], None]) -> None:
        """Call ``handler`` on ``events`` of ``descriptor``, in place of any earlier handler."""
        self._handlers[descriptor] = handler
        self._poll.register(descriptor, events)

    def unwatch(self, descriptor: int) -> None:
        """Forget ``descriptor``, if it is known; must precede closing it."""
        if self._handlers.pop(descriptor, None):
            self._poll.unregister(descriptor)

    def turn(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds and call the handlers of what happened."""
        happened = [(descriptor, self._handlers.get(descriptor)) for descriptor, _ in self._poll.poll(timeout * 1000)]
        for descriptor, handler in happened:
            # An earlier handler of this turn may have closed the descriptor and opened another one of the same number.
            if handler and self._handlers.get(descriptor) is handler:
                handler()
