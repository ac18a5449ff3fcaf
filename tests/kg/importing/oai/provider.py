"""A small OAI-PMH 2.0 data provider over real HTTP, with the faults that real ones have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kg.importing.web import Handler, Web

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><responseDate>{date}</responseDate>'
    "<request>http://provider.example/oai</request>{body}</OAI-PMH>"
)
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">{terms}</oai_dc:dc>'
)


@dataclass
class Item:
    """A record: its identifier, datestamp, sets, and its metadata by prefix; without metadata it is deleted."""

    identifier: str
    datestamp: str = "2026-01-01T00:00:00Z"
    metadata: dict[str, str] = field(default_factory=dict)
    sets: tuple[str, ...] = ()


def dublin_core(number: int, **terms: str) -> str:
    """Dublin Core that makes a whole lesson."""
    values = {
        "title": f"Lesson {number}",
        "creator": "A Teacher",
        "language": "en",
        "rights": "https://creativecommons.org/licenses/by/4.0/",
        "description": "What it is about.",
        "subject": "Mathematics",
        "identifier": f"https://lessons.example.org/{number}",
        **terms,
    }
    return DC.format(terms="".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for name, value in values.items()))


@dataclass
class Provider:
    """The repository at ``/oai`` of a web server.

    ``faults`` are used up one after the other by ListRecords requests: each is a function that answers in the
    provider's stead and says whether it did, or None for a request that is answered as usual.
    """

    web: Web
    items: list[Item]
    page_size: int = 3
    date: str = "2026-02-01T12:00:00Z"
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    deleted: str = "persistent"
    expired: set[str] = field(default_factory=set)
    faults: list[Callable[[Handler, str], bool] | None] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.web.answers["/oai"] = self.answer

    @property
    def url(self) -> str:
        return self.web.url + "/oai"

    def answer(self, handler: Handler) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        body = self.body(query)
        if query.get("verb") == "ListRecords":
            self.queries.append(query)
            fault = self.faults.pop(0) if self.faults else None
            if fault and fault(handler, self.envelope(body)):
                return
        handler.send(self.envelope(body).encode(), content_type="text/xml; charset=utf-8")

    def envelope(self, body: str) -> str:
        return HEAD.format(date=self.date, body=body)

    def body(self, query: dict[str, str]) -> str:
        verb = query.get("verb")
        if verb == "Identify":
            return (
                "<Identify><repositoryName>Test</repositoryName><baseURL>x</baseURL><protocolVersion>2.0"
                "</protocolVersion><adminEmail>a@example.org</adminEmail><earliestDatestamp>2000-01-01"
                f"</earliestDatestamp><deletedRecord>{self.deleted}</deletedRecord>"
                f"<granularity>{self.granularity}</granularity></Identify>"
            )
        if verb == "ListMetadataFormats":
            prefixes = sorted({prefix for item in self.items for prefix in item.metadata})
            formats = (f"<metadataFormat><metadataPrefix>{p}</metadataPrefix></metadataFormat>" for p in prefixes)
            return f"<ListMetadataFormats>{''.join(formats)}</ListMetadataFormats>"
        if verb != "ListRecords":
            return '<error code="badVerb">unknown verb</error>'
        return self.list_records(query)

    def list_records(self, query: dict[str, str]) -> str:
        token = query.get("resumptionToken", "")
        if token in self.expired or (token and not token.startswith("at~")):
            return f'<error code="badResumptionToken">{escape(token)} has expired</error>'
        if token:
            _, start, prefix, since, chosen = token.split("~")
        else:
            start, prefix = "0", query.get("metadataPrefix", "")
            since, chosen = query.get("from", ""), query.get("set", "")
        if not any(prefix in item.metadata for item in self.items):
            return '<error code="cannotDisseminateFormat">no such format</error>'
        found = [i for i in self.items if i.datestamp >= since and (not chosen or chosen in i.sets)]
        if not found:
            return '<error code="noRecordsMatch">nothing</error>'
        end = int(start) + self.page_size
        records = "".join(self.record(item, prefix) for item in found[int(start) : end])
        more = end < len(found)
        next_token = f"at~{end}~{prefix}~{since}~{chosen}" if more else ""
        last = f'<resumptionToken completeListSize="{len(found)}">{next_token}</resumptionToken>'
        return f"<ListRecords>{records}{last if more or token else ''}</ListRecords>"

    @staticmethod
    def record(item: Item, prefix: str) -> str:
        status = "" if item.metadata else ' status="deleted"'
        sets = "".join(f"<setSpec>{one}</setSpec>" for one in item.sets)
        header = (
            f"<header{status}><identifier>{escape(item.identifier)}</identifier>"
            f"<datestamp>{item.datestamp}</datestamp>{sets}</header>"
        )
        metadata = f"<metadata>{item.metadata[prefix]}</metadata>" if prefix in item.metadata else ""
        return f"<record>{header}{metadata}</record>"


def lessons(count: int) -> list[Item]:
    """Items with whole lessons in Dublin Core."""
    return [Item(f"oai:test:{n}", metadata={"oai_dc": dublin_core(n)}) for n in range(1, count + 1)]
