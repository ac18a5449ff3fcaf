"""Answers kept in memory, the longest unused leaving first, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.sparql.messages import Answer

__all__ = ["AnswerCache"]

_OVERHEAD: Final = 512


class AnswerCache:
    """A thread-safe cache of answers.

    Args:
        max_bytes: What all bodies together may take. An answer larger than a quarter of it is not kept.

    """

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._size = 0
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def get(self, key: str) -> Answer | None:
        """Return the answer kept under ``key``, if there is one."""
        with self._lock:
            answer = self._answers.get(key)
            if answer:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: str, answer: Answer) -> None:
        """Keep ``answer``, dropping others as needed."""
        size = len(answer.body) + _OVERHEAD
        if size > self._max // 4:
            return
        with self._lock:
            before = self._answers.pop(key, None)
            self._size += size - (len(before.body) + _OVERHEAD if before else 0)
            self._answers[key] = answer
            while self._size > self._max:
                _, dropped = self._answers.popitem(last=False)
                self._size -= len(dropped.body) + _OVERHEAD
