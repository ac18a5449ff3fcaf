"""Parameters of routes: what is not understood is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from search.request import ParameterError

if TYPE_CHECKING:
    from collections.abc import Collection, Set

__all__ = ["choice", "refuse_unknown"]


def refuse_unknown(known: Set[str]) -> None:
    """Refuse parameters that do not exist: a misspelt filter that is passed over would answer another question.

    Args:
        known: Names of the parameters of this route.

    Raises:
        ParameterError: The request has another one.
    """
    for name in request.args:
        if name not in known:
            raise ParameterError("is no parameter here", field=name[:80], hint=", ".join(sorted(known)))


def choice(parameter: str, known: Collection[str]) -> str:
    """Return which of the ``known`` values a parameter has; an empty text where it has none.

    Raises:
        ParameterError: It has another value, or several.
    """
    stated = [value for value in request.args.getlist(parameter) if value]
    if len(stated) > 1:
        raise ParameterError("is given more than once", field=parameter)
    if stated and stated[0] not in known:
        raise ParameterError(f"{stated[0][:80]!r} is no choice here", field=parameter, hint=", ".join(known))
    return stated[0] if stated else ""
