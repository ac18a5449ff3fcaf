"""Hubs' collections, written from what was accepted: the database says what is in them, so writing again mends them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from kg.collection import DESCRIPTION_FILE, DOCUMENTS_FILE, VERSIONS_FILE
from kg.staging import StagedFiles
from kg.withdrawals import DELETED, WITHDRAWN_FILE, Withdrawal
from webapp.taking_part.mentoring.publication import collected, hubs_with_any
from webapp.taking_part.models import Agent, Proposal, ProposalVersion, Review
from webapp.taking_part.revisions import revisions
from webapp.taking_part.standing import withdrawn_documents, without_withdrawn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from kg.settings import Settings

__all__ = ["collection_slug", "write_collections"]

_REVIEWER: Final = "role/expert"


def collection_slug(hub: str) -> str:
    """Return the name of a hub's collection.

    >>> collection_slug("hub/digital-accelerator")
    'hub-digital-accelerator'
    """
    return f"hub-{hub.partition('/')[2]}"


def write_collections(
    session: Session,
    settings: Settings,
    names: Mapping[str, Mapping[str, str]],
    made_up: Collection[str] = (),
    school_names: Mapping[str, str] | None = None,
) -> None:
    """Write the collection of each hub that has accepted anything; one is replaced in one step or left as it was.

    Args:
        session: One state of the database.
        settings: Where collections are.
        names: Names of the hubs by identifier, by language.
        made_up: Identifiers of the hubs that are for demonstrations.
        school_names: What schools of the graph are called in English, by identifier.

    Raises:
        CollectionError: Another program is writing to one of them.
    """
    by_hub: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in session.scalars(
        select(Proposal).where(Proposal.published_number.is_not(None)).order_by(Proposal.document)
    ):
        by_hub[proposal.hub].append(proposal)
    for hub in sorted({*by_hub, *hubs_with_any(session)}):
        description = _description(hub, names.get(hub) or {"en": hub}, made_up=hub in made_up)
        mentoring = collected(session, hub, school_names or {})
        _write(session, settings.collections / collection_slug(hub), hub, description, by_hub.get(hub, []), mentoring)


def _write(
    session: Session,
    directory: Path,
    hub: str,
    description: Mapping[str, Any],
    proposals: Iterable[Proposal],
    mentoring: tuple[list[dict[str, Any]], list[Withdrawal]],
) -> None:
    documents: list[dict[str, Any]] = list(mentoring[0])
    versions: list[dict[str, Any]] = []
    withdrawn: list[str] = [withdrawal.json for withdrawal in mentoring[1]]
    agents: set[str] = set()
    for proposal in proposals:
        if not proposal.is_published:
            withdrawn.append(_withdrawal(session, proposal).json)
            continue
        published = list(revisions(session, proposal))
        reviews = list(_reviews(session, proposal))
        agents |= {proposal.agent_id, *published[-1].contributors, *(found.agent_id for found in reviews)}
        agents |= {*_authors(session, published[-1].document)}
        documents.append(published[-1].document)
        documents += [
            _review_document(found, proposal.document, session.get_one(ProposalVersion, (proposal.id, found.number)))
            for found in reviews
        ]
        versions += [revision.replaced for revision in published if revision.replaced]
    documents += [_contributor(session.get_one(Agent, agent), hub) for agent in sorted(agents)]
    gone = withdrawn_documents(session)
    documents = [without_withdrawn(document, gone) for document in documents]
    with StagedFiles(directory) as staged:
        # YAML reads JSON, so one way of writing serves both files.
        staged.write(DESCRIPTION_FILE, json.dumps(description, ensure_ascii=False, indent=2) + "\n")
        staged.write(DOCUMENTS_FILE, "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents))
        staged.write(VERSIONS_FILE, "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in versions))
        staged.write(WITHDRAWN_FILE, "".join(line + "\n" for line in withdrawn))
        staged.commit()


def _withdrawal(session: Session, proposal: Proposal) -> Withdrawal:
    version = session.get_one(ProposalVersion, (proposal.id, proposal.published_number))
    title = version.data.get("name", {})
    return Withdrawal(proposal.document, proposal.changed.isoformat(), DELETED, proposal.hub, title)


def _reviews(session: Session, proposal: Proposal) -> Iterable[Review]:
    """Return the decisions up to the one that published the document: how it came to be as it is."""
    upto = proposal.published_number or 0
    query = select(Review).where(Review.proposal_id == proposal.id, Review.number <= upto)
    return session.scalars(query.order_by(Review.number))


def _authors(session: Session, document: Mapping[str, Any]) -> Iterable[str]:
    """Return the agents among those who are named as authors: of what was written together, there are several."""
    named = [creator.partition("/")[2] for creator in document.get("creator", [])]
    return session.scalars(select(Agent.id).where(Agent.id.in_(named)))


def _review_document(review: Review, document: str, submission: ProposalVersion) -> dict[str, Any]:
    """Return a decision as provenance: who, as which role, when, under which rules; its reason stays in the hub."""
    restoring = f" (restoring submission {submission.restored})" if submission.restored else ""
    return {
        "id": f"review/{review.id}",
        "type": "ReviewActivity",
        "used": [document],
        "role": [_REVIEWER],
        "endedAtTime": review.decided.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "wasAttributedTo": [f"contributor/{review.agent_id}"],
        "text": {"en": f"{review.decision}{restoring}, as {review.role}, under {review.rules}"},
    }


def _contributor(agent: Agent, hub: str) -> dict[str, Any]:
    name = {"name": {"und": agent.shown_name}} if agent.shown_name else {}
    return {"id": f"contributor/{agent.id}", "type": "Contributor", **name, "memberOf": [hub]}


def _description(hub: str, names: Mapping[str, str], *, made_up: bool) -> dict[str, Any]:
    return {
        "id": f"collection/{collection_slug(hub)}",
        "type": "Collection",
        "name": dict(names),
        "description": {"en": "Scenarios that teachers contributed and editors of the hub reviewed."},
        "publisher": hub,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "dataKind": "data-kind/synthetic" if made_up else "data-kind/original",
    }
