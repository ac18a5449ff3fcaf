"""Accepted submissions as the documents that are published, each a revision of the one before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kg.importing.provenance import dumps, named_information
from webapp.taking_part.models import Proposal, ProposalVersion, Review

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

__all__ = ["Revision", "review_of_publication", "revisions"]


@dataclass(frozen=True)
class Revision:
    """What was published by one acceptance.

    Attributes:
        document: The document.
        review: The acceptance.
        contributors: Agents beside the author who wrote what is in it.
        replaced: What is kept of the revision that it took the place of; None for the first.
    """

    document: dict[str, Any]
    review: Review
    contributors: list[str]
    replaced: dict[str, Any] | None


def revisions(session: Session, proposal: Proposal) -> Iterator[Revision]:
    """Yield what was published of a proposal, the first first.

    A revision keeps the date on which the first was published, tells when it was accepted, and names the one before by
    its SHA-256 (RFC 6920), as imports do (:mod:`kg.importing.provenance`).
    """
    versions = {v.number: v for v in session.scalars(_of(ProposalVersion, proposal))}
    reviews = {r.number: r for r in session.scalars(_of(Review, proposal)) if r.decision == "accept"}
    former: Revision | None = None
    for number in sorted(reviews):
        review = reviews[number]
        authors = {proposal.agent_id, *_authors(versions[number].data)}
        contributors = sorted(_writers(versions, sorted(reviews), number) - authors)
        document = {**versions[number].data, "wasGeneratedBy": f"review/{review.id}"}
        if contributors:
            document["contributor"] = [f"contributor/{agent}" for agent in contributors]
        replaced = None
        if former:
            digest = hashlib.sha256(dumps(former.document).encode()).hexdigest()
            replaced = {
                "id": proposal.document,
                "version": named_information(digest),
                **{key: former.document[key] for key in _KEPT if key in former.document},
                "replaced": review.decided.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            document["datePublished"] = former.document["datePublished"]
            document["dateModified"] = review.decided.date().isoformat()
            document["wasRevisionOf"] = replaced["version"]
        former = Revision(document, review, contributors, replaced)
        yield former


_KEPT = ("license", "datePublished", "dateModified", "wasGeneratedBy", "wasRevisionOf")
"""What is said of a revision whose place another took."""


def review_of_publication(session: Session, proposal: Proposal) -> str:
    """Return the identifier of the acceptance by which a proposal is published."""
    query = select(Review.id).where(
        Review.proposal_id == proposal.id, Review.number == proposal.published_number, Review.decision == "accept"
    )
    return f"review/{session.scalars(query).one()}"


def _of(table: type[ProposalVersion | Review], proposal: Proposal) -> Any:
    return select(table).where(table.proposal_id == proposal.id).order_by(table.number)


def _authors(document: Mapping[str, Any]) -> Iterator[str]:
    return (creator.partition("/")[2] for creator in document.get("creator", []))


def _writers(versions: Mapping[int, ProposalVersion], accepted: list[int], number: int) -> set[str]:
    """Return who submitted what is in a submission: what was restored is of those who wrote it, not of who did so."""
    found: set[str] = set()
    while number:
        version = versions[number]
        if version.restored:
            number = version.restored
            continue
        found.add(version.agent_id)
        number = max((n for n in accepted if n < number), default=0)
    return found
