"""What the page says of suggestions: how good they are and what stays open, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.interface_language import gettext, message, ngettext

if TYPE_CHECKING:
    from search.planning.proposal import Gap, Proposal
    from search.planning.solver import Unproven
    from webapp.plan.contents import Contents

__all__ = ["FINDING", "gap_text", "proposal_texts"]

FINDING: Final = message("Add a scenario to this plan: words, in any language")
"""The label of the field by which a plan finds further scenarios."""


def gap_text(gap: Gap) -> str:
    """Return why a competence stays open."""
    if gap.reason == "nowhere":
        return gettext("No scenario here teaches it yet.")
    if gap.reason == "filters":
        return gettext("No scenario that fits your choices teaches it.")
    if gap.reason == "time":
        return gettext("The scenarios that teach it do not say how long they take.")
    return gettext("Not within the lessons that are left.")


def proposal_texts(contents: Contents) -> list[str]:
    """Return what to know of a proposal, in order."""
    proposal = contents.proposal
    if proposal is None:
        return []
    covered = len(contents.missing) - len(proposal.gaps)
    return [*_outcome(contents, proposal, covered), *_certainty(proposal)]


def _outcome(contents: Contents, proposal: Proposal, covered: int) -> list[str]:
    if not covered:
        return [gettext("Nothing that fits can be added to cover what is missing.")]
    found = ngettext(
        "%(num)s lesson covers %(covered)s of the %(missing)s missing competences.",
        "%(num)s lessons cover %(covered)s of the %(missing)s missing competences.",
        proposal.lessons,
        covered=covered,
        missing=len(contents.missing),
    )
    texts = [found]
    if any(gap.reason == "lessons" for gap in proposal.gaps) and proposal.lessons_for_all is not None:
        needed = contents.lessons + proposal.lessons_for_all
        more = ngettext(
            "With %(num)s lesson in all, this plan could cover everything that scenarios here teach.",
            "With %(num)s lessons in all, this plan could cover everything that scenarios here teach.",
            needed,
        )
        texts.append(more)
    return texts


def _certainty(proposal: Proposal) -> list[str]:
    if proposal.unproven is None:
        if not proposal.rows:
            return []
        return [gettext("No choice covers more, and none covers as much in fewer lessons: this is proven.")]
    return [gettext("The search for the best choice was stopped after a few seconds."), _bound(proposal.unproven)]


def _bound(unproven: Unproven) -> str:
    if unproven.aim == "competences":
        return ngettext(
            "Perhaps another choice covers more, but none more than %(num)s competence.",
            "Perhaps another choice covers more, but none more than %(num)s competences.",
            unproven.bound,
        )
    if unproven.aim == "lessons":
        return ngettext(
            "Perhaps another choice takes fewer lessons, but none fewer than %(num)s.",
            "Perhaps another choice takes fewer lessons, but none fewer than %(num)s.",
            unproven.bound,
        )
    return gettext("No choice takes fewer lessons, but perhaps another takes a little less time.")
