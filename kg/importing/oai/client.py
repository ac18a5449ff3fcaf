"""A harvester's side of OAI-PMH 2.0: pages of records, over the guarded client, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import httpx2
from oaipmh_scythe import RetryConfig, Scythe, exceptions

from kg.errors import DocumentError, FetchError, ImportSourceError
from kg.importing.net.fetching import http_client
from kg.importing.safe_xml import children, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from types import TracebackType

    from lxml import etree
    from oaipmh_scythe.response import OAIResponse

    from kg.importing.adapter import Run
    from kg.importing.net.transport import FetchLimits

__all__ = ["Broken", "OaiClient", "Page", "Repository"]

_RECORD: Final = re.compile(r"<(?:\w+:)?record\b.*?</(?:\w+:)?record>", re.DOTALL)
_ROOT: Final = re.compile(r"<(?:\w+:)?OAI-PMH\b[^>]*>")
_TOKEN: Final = re.compile(r"<(?:\w+:)?resumptionToken\b[^>]*>\s*([^<\s][^<]*?)\s*</(?:\w+:)?resumptionToken>")
_DATE: Final = re.compile(r"<(?:\w+:)?responseDate>\s*([^<]+?)\s*</")
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Repository:
    """What a repository says of itself (verb Identify).

    Attributes:
        granularity: ``day`` or ``second``: how exact its datestamps are.
        deleted: ``no``, ``transient`` or ``persistent``: whether it tells of deletions.
    """

    granularity: str
    deleted: str


@dataclass(frozen=True)
class Broken:
    """A record, or a whole page, that is no well-formed XML: its text and why."""

    raw: str
    cause: str


@dataclass(frozen=True)
class Page:
    """One answer to ListRecords.

    Attributes:
        records: The ``record`` elements, and what cannot be read.
        token: The resumption token, None on the last page.
        date: The response date as the repository says it.
        whole: Whether it was read to its end, so that no token means that there is none.
    """

    records: list[etree._Element | Broken]
    token: str | None
    date: str | None
    whole: bool = True


class OaiClient(Scythe):
    """Asks one repository; a context manager.

    Scythe's own client knows neither limits nor checked addresses, and its parser mends broken answers by leaving out
    what it cannot read, records and resumption tokens too; so both are replaced. Second tries are the transport's.

    Args:
        run: The address, and how politely to ask.
        limits: What one request may cost.
    """

    def __init__(self, run: Run, limits: FetchLimits | None = None) -> None:
        # An address may have a query of its own ("index.php?page=oai"), which the client would replace by ours.
        address, _, own = run.source.partition("?")
        super().__init__(address, retry_config=RetryConfig(max_retries=0))
        self._own = dict(parse_qsl(own))
        self._guarded, _ = http_client(run, limits)

    @property
    def client(self) -> httpx2.Client:
        """The guarded client."""
        return self._guarded

    def close(self) -> None:
        """Close every connection."""
        self._guarded.close()

    def __enter__(self) -> OaiClient:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self.close()

    def harvest(self, query: dict[str, str]) -> OAIResponse:
        """Make one request.

        Raises:
            FetchError: It is not answered.
            oaipmh_scythe.exceptions.OAIPMHException: It is answered with an error of the protocol.
        """
        try:
            return super().harvest({**self._own, **query})
        except httpx2.TooManyRedirects as error:
            raise FetchError("redirects in a circle or too often", file=self.endpoint) from error
        except httpx2.HTTPStatusError as error:
            response = error.response
            cause = f"answers {response.status_code} {response.reason_phrase}".rstrip()
            raise FetchError(cause, file=self.endpoint, status=response.status_code) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise FetchError(f"is no usable address: {error}", file=self.endpoint) from error
        except FetchError as error:
            raise FetchError(error.cause, file=self.endpoint, hint=error.hint) from error

    def repository(self) -> Repository:
        """Return what the repository says of itself.

        Raises:
            ImportSourceError: There is no repository of OAI-PMH 2.0 at the address.
        """
        try:
            content = self.harvest({"verb": "Identify"}).http_response.content
            root = parse_xml(content)
        except (DocumentError, exceptions.OAIPMHException) as error:
            raise ImportSourceError(f"is no OAI-PMH repository: {error}", file=self.endpoint) from error
        said = {local_name(one): text_of(one) for one in root.iter() if isinstance(one.tag, str) and not len(one)}
        if local_name(root) != "OAI-PMH" or "granularity" not in said:
            raise ImportSourceError(f"is no OAI-PMH repository: <{local_name(root)}>", file=self.endpoint)
        return Repository("second" if "hh" in said["granularity"] else "day", said.get("deletedRecord", "no"))

    def formats(self) -> list[str]:
        """Return the metadata prefixes that the repository has, none where it does not say."""
        try:
            root = parse_xml(self.harvest({"verb": "ListMetadataFormats"}).http_response.content)
        except (DocumentError, FetchError, exceptions.OAIPMHException):
            return []
        return [text_of(one) for one in root.iter() if isinstance(one.tag, str) and local_name(one) == "metadataPrefix"]

    def page(self, query: dict[str, str]) -> Page:
        """Return one page of records.

        Raises:
            FetchError: It cannot be had.
            oaipmh_scythe.exceptions.OAIPMHException: The repository answers with an error of the protocol.
        """
        content = self.harvest({"verb": "ListRecords", **query}).http_response.content
        try:
            return _read(parse_xml(content))
        except DocumentError as error:
            return _salvaged(content, error)


def _read(root: etree._Element) -> Page:
    if local_name(root) != "OAI-PMH":
        raise DocumentError(f"is no answer of an OAI-PMH repository: <{local_name(root)}>")
    date = text_of(next(children(root, "responseDate"), None)) or None
    answer = next(children(root, "ListRecords"), None)
    if answer is None:
        return Page([], None, date, whole=False)
    token = text_of(next(children(answer, "resumptionToken"), None)) or None
    return Page(list(children(answer, "record")), token, date)


def _salvaged(content: bytes, error: DocumentError) -> Page:
    """Read a broken page without characters that XML does not have, else its records one by one.

    What is wrong with one record does not stop the others.
    """
    text = _NO_XML.sub("", content.decode("utf-8", errors="replace"))
    if "<!DOCTYPE" not in text:
        try:
            return _read(parse_xml(text.encode()))
        except DocumentError as still:
            error = still
    found_root, found_token, found_date = _ROOT.search(text), _TOKEN.search(text), _DATE.search(text)
    where = f"line {error.record}: {error.cause}" if error.record else error.cause
    records: list[etree._Element | Broken] = []
    for chunk in _RECORD.findall(text) if found_root else []:
        try:
            name = found_root[0].removeprefix("<").split()[0].rstrip(">") if found_root else ""
            whole = parse_xml(f"{found_root[0] if found_root else ''}{chunk}</{name}>".encode())
            records += list(children(whole, "record"))
        except DocumentError as inner:
            records.append(Broken(chunk, inner.cause))
    if not any(isinstance(record, Broken) for record in records):
        records.append(Broken(text[-2000:] if records else text[:2000], f"an answer of the repository, {where}"))
    ended = re.search(r"</(?:\w+:)?ListRecords>", text) is not None
    token = found_token[1] if found_token else None
    return Page(records, token, found_date[1] if found_date else None, whole=ended or token is not None)
