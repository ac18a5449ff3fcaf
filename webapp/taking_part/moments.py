"""Points in time as the database keeps them: text in UTC, the same in every engine and sorted as it reads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

__all__ = ["Moment", "now"]


def now() -> dt.datetime:
    """Return the time, in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


class Moment(TypeDecorator[dt.datetime]):
    """A column of points in time, such as ``2026-11-22T10:00:00Z``."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - its name
        """Return what is kept."""
        return None if value is None else value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Return what was kept."""
        return None if value is None else dt.datetime.fromisoformat(value)
