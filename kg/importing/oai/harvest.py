"""One harvest: page after page, from where the last one ended, through expired tokens and cut connections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oaipmh_scythe import exceptions

from kg.errors import FetchError, ImportSourceError
from kg.importing.adapter import Record
from kg.importing.oai.client import Broken, Page
from kg.importing.oai.payload import header_of, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.importing.adapter import Run
    from kg.importing.oai.client import OaiClient, Repository

__all__ = ["Harvest"]

_RESTARTS: Final = 3
"""How often a harvest begins anew because its token has expired."""


class Harvest:
    """Harvests one metadata format, and one set or all, of a repository.

    What it leaves in ``run.state``, by format and set: ``from``, the repository's time when the last harvest began; and
    ``resume``, where one was cut: the token to go on from, and when that harvest began.

    Args:
        run: Options, and what the last harvest left.
        client: Asks the repository.
        repository: What it says of itself.
    """

    def __init__(self, run: Run, client: OaiClient, repository: Repository) -> None:
        self._run = run
        self._client = client
        self._repository = repository
        self._prefix = run.options.get("prefix", "oai_dc")
        self._key = f"{self._prefix}|{run.options.get('set', '')}"
        self._left: dict[str, Any] = dict(run.state.get(self._key, {}))
        self._seen: set[tuple[str, str]] = set()
        self._pages = 0
        self._began: str | None = None

    def records(self) -> Iterator[Record]:
        """Yield a record for each of the repository's, good or bad.

        Raises:
            ImportSourceError: The repository does not have what is asked for, or does not answer at all.
        """
        resume = self._left.get("resume") if self._automatic() else None
        query = self._query()
        # Only a harvest of everything can tell what has vanished; those of other sets into this collection say nothing.
        others = set(self._run.state) - {self._key}
        self._run.complete = set(query) <= {"metadataPrefix", "set"} and not resume and not others
        token: str | None = None
        if resume:
            self._began = resume.get("began")
            token = resume["token"]
        yield from self._all_pages(query, token)

    def _automatic(self) -> bool:
        return not {"from", "until", "full"} & set(self._run.options)

    def _query(self) -> dict[str, str]:
        query = {"metadataPrefix": self._prefix}
        query |= {name: self._run.options[name] for name in ("set", "from", "until") if name in self._run.options}
        # A repository that does not tell of deletions has to be read whole for what has vanished to be seen.
        if self._automatic() and self._repository.deleted != "no":
            since = _earlier(self._left.get("from"), self._repository.granularity)
            query |= {"from": since} if since else {}
        return query

    def _all_pages(self, query: dict[str, str], token: str | None) -> Iterator[Record]:
        tokens: set[str] = set()
        restarts = 0
        while True:
            try:
                page = self._ask({"resumptionToken": token} if token else query)
            except exceptions.BadResumptionToken as error:
                restarts += 1
                if restarts > _RESTARTS or token is None:
                    yield self._cut(None, f"does not know its own resumption token: {error}")
                    return
                token, tokens = None, set()
                continue
            if isinstance(page, str):
                yield self._cut(token, page)
                return
            yield from self._of_page(page)
            if page.token is None and page.whole:
                self._end()
                return
            if page.token is None or page.token in tokens:
                # Asking the same again would give the same; where there is no token, nobody knows what is missing.
                yield self._cut(None, "gives no new resumption token in an answer that is not its last")
                return
            tokens.add(page.token)
            token = page.token

    def _ask(self, query: dict[str, str]) -> Page | str:
        """Return a page, or why the harvest ends here although there is more.

        Raises:
            oaipmh_scythe.exceptions.BadResumptionToken: The token has expired.
            ImportSourceError: Already the first question is refused or not answered.
        """
        try:
            return self._client.page(query)
        except exceptions.BadResumptionToken:
            raise
        except exceptions.NoRecordsMatch:
            # Nothing new; and an empty answer to a question for everything is no reason to withdraw everything.
            self._run.complete = False
            return Page([], None, self._began or self._left.get("from"))
        except exceptions.OAIPMHException as error:
            raise self._refused(error) from error
        except FetchError as error:
            if not self._pages and "resumptionToken" not in query:
                raise
            return error.cause

    def _of_page(self, page: Page) -> Iterator[Record]:
        self._pages += 1
        self._began = self._began or page.date
        for item in page.records:
            if isinstance(item, Broken):
                self._run.complete = False  # which record it was is not known, so none has vanished
                yield Record(0, item.raw, cause=f"is no readable record: {item.cause}")
                continue
            header = header_of(item)
            # After a restart the first pages come again.
            if header[0] and header in self._seen:
                continue
            self._seen.add(header)
            yield read_record(item, self._run.concepts)

    def _end(self) -> None:
        if self._automatic() or "full" in self._run.options:
            self._run.state[self._key] = {"from": self._began} if self._began else self._left

    def _cut(self, token: str | None, cause: str) -> Record:
        """Say that the harvest ended early; what came is kept, and the next import goes on from there."""
        self._run.complete = False
        if token and self._automatic():
            resume = {"token": token, "began": self._began}
            self._run.state[self._key] = {**self._left, "resume": resume}
            then = "the next import goes on from there"
        else:
            self._run.state[self._key] = {name: value for name, value in self._left.items() if name != "resume"}
            then = "the next import begins where this one did"
        return Record(0, "", cause=f"the repository {cause}, after {len(self._seen)} records; {then}")

    def _refused(self, error: exceptions.OAIPMHException) -> ImportSourceError:
        hint = None
        if isinstance(error, exceptions.CannotDisseminateFormat):
            hint = "--option prefix=...; it has " + ", ".join(self._client.formats())
        name = type(error).__name__
        code = name[:1].lower() + name[1:]
        return ImportSourceError(f"the repository answers {code}: {error}", file=self._run.source, hint=hint)


def _earlier(date: str | None, granularity: str) -> str | None:
    """Return a datestamp one step before ``date``, as exact as the repository's; None where there is no usable date.

    Records that changed in the very second (or on the very day) of the last harvest are asked for once more.
    """
    try:
        moment = datetime.fromisoformat(date or "").replace(tzinfo=UTC)
    except ValueError:
        return None
    if granularity == "day":
        return (moment - timedelta(days=1)).strftime("%Y-%m-%d")
    return (moment - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
