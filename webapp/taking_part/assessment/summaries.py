"""What a hub is told of its schools together: for each half-year that is over, once, and as a wide band.

A summary that was told is kept and never made anew. Otherwise a school that comes later, or mends a level, would show
in the difference between two summaries of the same half-year.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kg.monitoring.means import told_band
from webapp.taking_part.assessment.instrument import dimension_levels
from webapp.taking_part.assessment.models import Assessment, AssessmentSummary
from webapp.taking_part.assessment.schools import confirmed_schools
from webapp.taking_part.moments import now

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from sqlalchemy.orm import Session

__all__ = ["half_year", "is_over", "list_summaries", "tell_summaries"]

_HALF: Final = 6


def half_year(month: str) -> str:
    """Return the half-year of a month.

    >>> half_year("2027-06"), half_year("2027-07")
    ('2027-H1', '2027-H2')
    """
    return f"{month[:4]}-H{1 if int(month[5:7]) <= _HALF else 2}"


def is_over(half: str, day: dt.date) -> bool:
    """Whether a half-year is over on a day.

    >>> import datetime as dt
    >>> is_over("2027-H1", dt.date(2027, 6, 30)), is_over("2027-H1", dt.date(2027, 7, 1))
    (False, True)
    """
    return half < half_year(f"{day:%Y-%m}")


def list_summaries(session: Session, hub: str) -> list[AssessmentSummary]:
    """Return what a hub was told, the oldest half-year first."""
    query = select(AssessmentSummary).where(AssessmentSummary.hub == hub).order_by(AssessmentSummary.half_year)
    return list(session.scalars(query))


def tell_summaries(session: Session, hub: str) -> int:
    """Make the summaries that can be told and were not yet; return how many.

    Of each school the last round of a half-year counts. Half-years that go on are left alone, as are dimensions that
    fewer schools than the threshold have a level of.
    """
    told = {(summary.half_year, summary.dimension) for summary in list_summaries(session, hub)}
    done = 0
    for (half, dimension), levels in sorted(_levels(session, hub).items()):
        band = told_band(levels)
        if band is None or (half, dimension) in told or not is_over(half, now().date()):
            continue
        row = AssessmentSummary(
            hub=hub, half_year=half, dimension=dimension, schools=len(levels), band=band, told=now()
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            continue  # somebody else was told in the same moment
        done += 1
    return done


def _levels(session: Session, hub: str) -> dict[tuple[str, str], list[Fraction]]:
    """Return by half-year and dimension the levels of the schools; none of them stands alone anywhere else."""
    own = confirmed_schools(session, hub)
    query = select(Assessment).where(Assessment.school_id.in_(own)).order_by(Assessment.month)
    last = {(found.school_id, half_year(found.month)): found for found in session.scalars(query)}
    levels: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for (_, half), found in last.items():
        for dimension, level in dimension_levels(found.answers).items():
            levels[half, dimension].append(level)
    return levels
