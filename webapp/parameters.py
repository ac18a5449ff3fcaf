"""Parameters of JSON routes: what is not understood is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from search.request import ParameterError

if TYPE_CHECKING:
    from collections.abc import Set

__all__ = ["refuse_unknown"]


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
