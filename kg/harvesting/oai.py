"""OAI-PMH 2.0 (http://www.openarchives.org/OAI/openarchivesprotocol.html): the answers to the six verbs.

Lists are of one edition of the history. A resumption token names it, so a list that was begun goes on unchanged while
newer releases appear, as long as the release of that edition is kept; then it ends in ``badResumptionToken``. No answer
is dated later than the first edition that it does not know of: a harvester that goes on from that date misses nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from kg.harvesting.formats import METADATA_FORMATS
from kg.harvesting.oai_request import OaiError, parse_moment, parse_oai_request
from kg.harvesting.records import Selection
from kg.harvesting.releases import HarvestedReleases
from kg.harvesting.sets import ancestors, set_concept
from kg.harvesting.tokens import ResumptionToken, TokenError, TokenSigner
from kg.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.harvesting.formats import MetadataFormat
    from kg.harvesting.oai_request import OaiRequest
    from kg.harvesting.records import RecordList
    from kg.history import Edition, Event
    from kg.release import Release
    from kg.settings import Settings

__all__ = ["PAGE", "OaiProvider"]

PAGE: Final = 100
"""Records in one answer."""

_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
_OPENING: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{_NAMESPACE}" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{_NAMESPACE} {_NAMESPACE}OAI-PMH.xsd">'
)
_DOMAIN: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+")
_SAFE: Final = "/!~*'();:@&=+$,-_."
_ID_NAMESPACE: Final = f"{_NAMESPACE}oai-identifier"


@dataclass(frozen=True)
class _View:
    """A release, and the records as of one of its editions."""

    release: Release
    records: RecordList


class OaiProvider:
    """Answers OAI-PMH requests; safe to use from several threads.

    Args:
        settings: Where the releases are, and the base IRI.
        admin_email: The address that *Identify* gives.
        releases: Open releases to share with others; its own where not given.
    """

    def __init__(self, settings: Settings, admin_email: str, releases: HarvestedReleases | None = None) -> None:
        self._base = settings.base_iri
        self._admin = admin_email
        self._releases = releases or HarvestedReleases(settings)
        self._signer = TokenSigner(settings.home / "harvesting.key")
        host = urlsplit(settings.base_iri).hostname or ""
        # A host that is no domain name (a test on 127.0.0.1) cannot name a repository; .invalid never will be one.
        self._repository = host if _DOMAIN.fullmatch(host) else "repository.invalid"

    @property
    def url(self) -> str:
        """The base URL of the repository."""
        return f"{self._base}oai"

    def answer(self, arguments: Mapping[str, Sequence[str]]) -> bytes:
        """Return the answer to a request, given all values of each argument.

        Raises:
            ReleaseError: There is nothing to answer from.
        """
        now = dt.datetime.now(dt.UTC)  # before anything is read, see the module's text
        attributes: Mapping[str, str]
        view = self._current()
        try:
            asked = parse_oai_request(arguments)
            attributes = asked.attributes
            if asked.token is not None:
                view, body = self._resumed(asked)
            else:
                body = _ANSWERS[asked.verb](self, view, asked)
        except OaiError as error:
            attributes = error.attributes
            body = f'<error code="{error.code}">{xml_text(str(error))}</error>'
        unseen = view.records.history.edition_after(view.records.edition.number) if view else None
        if unseen:
            now = min(now, unseen.time)
        said = "".join(f' {name}="{xml_text(value)}"' for name, value in attributes.items())
        request = f"<request{said}>{xml_text(self.url)}</request>"
        return f"{_OPENING}<responseDate>{_stamp(now)}</responseDate>{request}{body}</OAI-PMH>".encode()

    def _current(self) -> _View | None:
        release = self._releases.current()
        edition = release.history.edition()
        return self._view(release, edition) if edition else None

    def _view(self, release: Release, edition: Edition) -> _View:
        return _View(release, self._releases.records(release, edition))

    def identify(self, view: _View | None, _asked: OaiRequest) -> str:
        """Describe the repository."""
        earliest = view.records.history.beginning() if view else None
        sample = self._identifier(f"{self._base}id/scenario/heat-map")
        facts = {
            "repositoryName": "ihub learning scenarios",
            "baseURL": self.url,
            "protocolVersion": "2.0",
            "adminEmail": self._admin,
            "earliestDatestamp": _stamp(earliest or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)),
            "deletedRecord": "persistent",
            "granularity": "YYYY-MM-DDThh:mm:ssZ",
            "compression": "gzip",
        }
        body = "".join(f"<{name}>{xml_text(value)}</{name}>" for name, value in facts.items())
        description = (
            f'<description><oai-identifier xmlns="{_ID_NAMESPACE}" '
            f'xsi:schemaLocation="{_ID_NAMESPACE} {_ID_NAMESPACE}.xsd"><scheme>oai</scheme>'
            f"<repositoryIdentifier>{self._repository}</repositoryIdentifier><delimiter>:</delimiter>"
            f"<sampleIdentifier>{xml_text(sample)}</sampleIdentifier></oai-identifier></description>"
        )
        return f"<Identify>{body}{description}</Identify>"

    def list_formats(self, view: _View | None, asked: OaiRequest) -> str:
        """List the metadata formats; every record has all of them."""
        if asked.identifier is not None:
            self._record(view, asked)
        rows = "".join(
            f"<metadataFormat><metadataPrefix>{row.prefix}</metadataPrefix><schema>{xml_text(self._schema(row))}</schema>"
            f"<metadataNamespace>{row.namespace}</metadataNamespace></metadataFormat>"
            for row in METADATA_FORMATS.values()
        )
        return f"<ListMetadataFormats>{rows}</ListMetadataFormats>"

    def _schema(self, row: MetadataFormat) -> str:
        return row.schema if "://" in row.schema else self._base + row.schema

    def list_sets(self, view: _View | None, asked: OaiRequest) -> str:
        """List the sets that have records."""
        specs = view.records.sets() if view else []
        if view is None or not specs:
            raise asked.error("noSetHierarchy", "There are no sets yet.")
        rows = "".join(
            f"<set><setSpec>{xml_text(spec)}</setSpec><setName>{xml_text(self._set_name(view, spec))}</setName></set>"
            for spec in specs
        )
        return f"<ListSets>{rows}</ListSets>"

    def _set_name(self, view: _View, spec: str) -> str:
        dimension = spec.split(":", maxsplit=1)[0].replace("-", " ").capitalize()
        concept = set_concept(spec, f"{self._base}id/")
        return f"{dimension}: {view.release.graph.label(concept)[0]}" if concept else dimension

    def get_record(self, view: _View | None, asked: OaiRequest) -> str:
        """Give one record."""
        form = self._format(asked, asked.prefix)
        event = self._record(view, asked)
        if view is None:
            raise LookupError("a record without a release")
        return f"<GetRecord>{self._record_text(view, event, form)}</GetRecord>"

    def list_records(self, view: _View | None, asked: OaiRequest) -> str:
        """Begin a list of records or of headers."""
        self._format(asked, asked.prefix)
        selection = _selection(asked.set_spec, asked.since, asked.until)
        size = view.records.count(selection) if view else 0
        if view is None or not size:
            raise asked.error("noRecordsMatch", "No record matches.")
        token = ResumptionToken(
            asked.verb,
            asked.prefix or "",
            asked.set_spec,
            asked.since,
            asked.until,
            view.records.history.log_id(),
            view.records.edition.number,
            view.release.id,
            0,
            0,
            size,
        )
        return self._page(view, token)

    def _resumed(self, asked: OaiRequest) -> tuple[_View, str]:
        """Continue a list."""
        try:
            token = self._signer.decode(asked.token or "")
        except TokenError:
            raise asked.error("badResumptionToken", "This token was not given here.") from None
        if token.verb != asked.verb:
            raise asked.error("badResumptionToken", f"This token is for {token.verb}.")
        release = self._releases.kept(token.release)
        edition = release.history.edition_of(token.edition) if release else None
        known = edition and edition.release == token.release and release and release.history.log_id() == token.log
        if not known or edition is None or release is None or token.prefix not in METADATA_FORMATS:
            raise asked.error("badResumptionToken", "The release that this list was begun on is not kept any more.")
        view = self._view(release, edition)
        return view, self._page(view, token)

    def _page(self, view: _View, token: ResumptionToken) -> str:
        selection = _selection(token.set_spec, token.since, token.until)
        events = view.records.page(selection, token.after, PAGE)
        given = token.cursor + len(events)
        form = METADATA_FORMATS[token.prefix]
        if token.verb == "ListRecords":
            rows = "".join(self._record_text(view, event, form) for event in events)
        else:
            rows = "".join(self._header(event) for event in events)
        rest = ""
        if given < token.size and events:
            following = self._signer.encode(token._replace(after=events[-1].number, cursor=given))
            rest = f"{_token_tag(token)}{following}</resumptionToken>"
        elif token.cursor:
            rest = f"{_token_tag(token)}</resumptionToken>"
        return f"<{token.verb}>{rows}{rest}</{token.verb}>"

    def _record(self, view: _View | None, asked: OaiRequest) -> Event:
        event = view.records.record(self._iri(asked.identifier or "")) if view else None
        if event is None:
            raise asked.error("idDoesNotExist", "No record has this identifier.")
        return event

    def _format(self, asked: OaiRequest, prefix: str | None) -> MetadataFormat:
        if prefix not in METADATA_FORMATS:
            raise asked.error("cannotDisseminateFormat", f"The formats are: {', '.join(METADATA_FORMATS)}.")
        return METADATA_FORMATS[prefix]

    def _identifier(self, iri: str) -> str:
        name = iri.removeprefix(f"{self._base}id/")
        path = urlsplit(self._base).path.lstrip("/")  # several repositories may share a host
        return f"oai:{self._repository}:{quote(path + name, safe=_SAFE)}"

    def _iri(self, identifier: str) -> str:
        """Return the IRI of the entity with an OAI identifier; the IRI itself is taken too."""
        path = urlsplit(self._base).path.lstrip("/")
        opening = f"oai:{self._repository}:{quote(path, safe=_SAFE)}"
        if identifier.startswith(opening):
            return f"{self._base}id/{unquote(identifier.removeprefix(opening))}"
        return identifier

    def _header(self, event: Event) -> str:
        status = ' status="deleted"' if event.kind == "delete" else ""
        sets = "".join(f"<setSpec>{xml_text(spec)}</setSpec>" for spec in _all_sets(event.sets))
        return (
            f"<header{status}><identifier>{xml_text(self._identifier(event.iri))}</identifier>"
            f"<datestamp>{_stamp(event.time)}</datestamp>{sets}</header>"
        )

    def _record_text(self, view: _View, event: Event, form: MetadataFormat) -> str:
        header = self._header(event)
        if event.kind == "delete":
            return f"<record>{header}</record>"
        return f"<record>{header}<metadata>{form.write(view.release.graph, event.iri)}</metadata></record>"


_ANSWERS: Final = {
    "Identify": OaiProvider.identify,
    "ListMetadataFormats": OaiProvider.list_formats,
    "ListSets": OaiProvider.list_sets,
    "GetRecord": OaiProvider.get_record,
    "ListIdentifiers": OaiProvider.list_records,
    "ListRecords": OaiProvider.list_records,
}


def _selection(set_spec: str | None, since: str | None, until: str | None) -> Selection:
    return Selection(
        set_spec, parse_moment(since, "from") if since else None, parse_moment(until, "until") if until else None
    )


def _all_sets(sets: Iterable[str]) -> list[str]:
    return sorted({above for spec in sets for above in ancestors(spec)})


def _token_tag(token: ResumptionToken) -> str:
    return f'<resumptionToken completeListSize="{token.size}" cursor="{token.cursor}">'


def _stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
