"""Requests of OAI-PMH 2.0: which arguments each verb takes, and the errors that wrong ones are answered with."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["OaiError", "OaiRequest", "parse_moment", "parse_oai_request"]

_REQUIRED: Final[dict[str, frozenset[str]]] = {
    "Identify": frozenset(),
    "ListMetadataFormats": frozenset(),
    "ListSets": frozenset(),
    "GetRecord": frozenset({"identifier", "metadataPrefix"}),
    "ListIdentifiers": frozenset({"metadataPrefix"}),
    "ListRecords": frozenset({"metadataPrefix"}),
}
_OPTIONAL: Final[dict[str, frozenset[str]]] = {
    "ListMetadataFormats": frozenset({"identifier"}),
    "ListIdentifiers": frozenset({"from", "until", "set"}),
    "ListRecords": frozenset({"from", "until", "set"}),
}
_RESUMABLE: Final = frozenset({"ListSets", "ListIdentifiers", "ListRecords"})
_NAME: Final = r"[A-Za-z0-9\-_.!~*'()]+"
_SET: Final = re.compile(f"{_NAME}(:{_NAME})*")
_PREFIX: Final = re.compile(_NAME)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_URI: Final = re.compile(r"[!#-;=?-\[\]_a-z~]+")


class OaiError(Exception):
    """An error of the protocol (OAI-PMH 2.0, section 3.6), answered with status 200.

    Args:
        code: One of the protocol's error codes.
        message: What is wrong, for people.
        attributes: What the answer may repeat of the request; nothing where verb or arguments are wrong.
    """

    def __init__(self, code: str, message: str, attributes: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.attributes = dict(attributes or {})


@dataclass(frozen=True)
class OaiRequest:
    """A request whose verb and arguments are in order; None where an argument is not given."""

    verb: str
    identifier: str | None = None
    prefix: str | None = None
    set_spec: str | None = None
    since: str | None = None
    until: str | None = None
    token: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def error(self, code: str, message: str) -> OaiError:
        """Return an error about this request."""
        return OaiError(code, message, self.attributes)


def parse_oai_request(arguments: Mapping[str, Sequence[str]]) -> OaiRequest:
    """Read a request.

    Args:
        arguments: All values of each argument.

    Raises:
        OaiError: ``badVerb`` or ``badArgument``.
    """
    verbs = list(arguments.get("verb", ()))
    if len(verbs) != 1 or verbs[0] not in _REQUIRED:
        said = {0: "is missing", 1: "is not one of the six verbs"}.get(len(verbs), "is repeated")
        raise OaiError("badVerb", f"The argument verb {said}.")
    verb = verbs[0]
    given = {name: list(values) for name, values in arguments.items() if name != "verb"}
    repeated = sorted(name for name, values in given.items() if len(values) != 1)
    if repeated:
        raise OaiError("badArgument", f"An argument is repeated: {_listed(repeated)}.")
    values = {name: found[0] for name, found in given.items()}
    _check_names(verb, values)
    _check_values(values)
    return OaiRequest(
        verb,
        identifier=values.get("identifier"),
        prefix=values.get("metadataPrefix"),
        set_spec=values.get("set"),
        since=values.get("from"),
        until=values.get("until"),
        token=values.get("resumptionToken"),
        attributes={"verb": verb, **_repeatable(values)},
    )


def _check_names(verb: str, values: Mapping[str, str]) -> None:
    if verb in _RESUMABLE and "resumptionToken" in values:
        if len(values) > 1:
            raise OaiError("badArgument", "The argument resumptionToken excludes all others but verb.")
        return
    illegal = sorted(values.keys() - _REQUIRED[verb] - _OPTIONAL.get(verb, frozenset()))
    if illegal:
        raise OaiError("badArgument", f"The verb {verb} does not take: {_listed(illegal)}.")
    missing = sorted(_REQUIRED[verb] - values.keys())
    if missing:
        raise OaiError("badArgument", f"The verb {verb} needs: {_listed(missing)}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name[:40] for name in names[:5])


def _check_values(values: Mapping[str, str]) -> None:
    """Check the forms of the arguments that only their form can make wrong."""
    if "set" in values and not _SET.fullmatch(values["set"]):
        raise OaiError("badArgument", "The argument set is not a setSpec.")
    if len({len(values[name]) for name in ("from", "until") if name in values}) > 1:
        raise OaiError("badArgument", "The arguments from and until are of different granularity.")
    since, until = (parse_moment(values[name], name) if name in values else None for name in ("from", "until"))
    if since and until and since > until:
        raise OaiError("badArgument", "The argument from is later than until.")


def parse_moment(text: str, name: str) -> dt.datetime:
    """Return the moment of ``from`` or ``until``: of a day, its first second or its last.

    Raises:
        OaiError: ``badArgument``: it is neither a day nor a second in UTC.

    >>> parse_moment("2026-11-22", "until").isoformat()
    '2026-11-22T23:59:59+00:00'
    """
    try:
        if _DAY.fullmatch(text):
            day = dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC)
            return day + dt.timedelta(days=1, seconds=-1) if name == "until" else day
        if _SECOND.fullmatch(text):
            return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise OaiError("badArgument", f"The argument {name} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ.")


def _repeatable(values: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments that the answer can repeat and stay valid by its schema."""
    forms = {"identifier": _URI, "metadataPrefix": _PREFIX}
    return {name: text for name, text in values.items() if name not in forms or forms[name].fullmatch(text)}
