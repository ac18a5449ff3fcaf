"""The demonstration's own collection: its hubs and schools, and what they have done over the past year."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, Final

from kg.build import SHIPPED_COLLECTIONS
from kg.collection import DESCRIPTION_FILE, DOCUMENTS_FILE, Collection
from kg.documents import Document
from kg.staging import StagedFiles
from webapp.demonstration.data import load

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["COLLECTION", "hubs", "school_identifier", "school_name", "write_world"]

COLLECTION: Final = "demonstration"
"""Slug of the collection."""

_KIND: Final = "data-kind/synthetic"
_MADE_UP: Final = "Made up for the demonstration."
_MONTHS: Final = 12
_STORIES_A_MONTH: Final = 14
_SEED: Final = 1541  # any number: the same demonstration each time
_WHAT_HAPPENED: Final = (
    "The class needed a second lesson, and the results were worth it.",
    "Groups that rarely talk to each other compared their results.",
    "Half of the learners finished early and helped the others.",
    "The questions at the end were better than those at the beginning.",
    "We ran out of time before everybody had presented.",
)
_WHAT_CHANGED: Final = (
    "Pairs instead of groups.",
    "Paper instead of devices.",
    "The text was shortened for younger learners.",
    "Nothing.",
)
_LEVELS: Final = ("level/isced-1", "level/isced-2", "level/isced-3")
_BANDS: Final = ("1-9", "10-19", "20-29", "30+")


def hubs() -> list[dict[str, Any]]:
    """Return the hubs: ``slug``, ``name`` by language, ``country``, ``schools`` by name, and ``contacts``.

    Contacts are the schools for which somebody speaks; for the others the hub's coordinators do.
    """
    found: list[dict[str, Any]] = load("world")["hubs"]
    return found


def school_identifier(name: str) -> str:
    """Return the identifier of a school of the demonstration.

    >>> school_identifier("Birch")
    'school/example-birch'
    """
    return f"school/example-{name.lower()}"


def school_name(name: str) -> str:
    """Return what a school of the demonstration is called; pages of those who take part add that it is made up.

    >>> school_name("Birch")
    'Example School Birch'
    """
    return f"Example School {name}"


def write_world(collections: Path, today: dt.date) -> None:
    """Write the collection, with a past that ends today.

    Args:
        collections: The folder of collections.
        today: The day on which the demonstration is filled.

    Raises:
        CollectionError: Another program is writing to it.
    """
    with StagedFiles(collections / COLLECTION) as staged:
        staged.write(DESCRIPTION_FILE, json.dumps(_description(), ensure_ascii=False, indent=2) + "\n")
        documents = [*_places(), *_stories(today)]
        staged.write(DOCUMENTS_FILE, "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents))
        staged.commit()


def _description() -> dict[str, Any]:
    return {
        "id": f"collection/{COLLECTION}",
        "type": "Collection",
        "name": {"en": "Demonstration (made up)"},
        "description": {"en": "Hubs, schools and stories that do not exist, to show what taking part looks like."},
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "dataKind": _KIND,
    }


def _places() -> Iterator[dict[str, Any]]:
    for hub in hubs():
        yield {
            "id": f"hub/{hub['slug']}",
            "type": "RegionalInnovationHub",
            "name": hub["name"],
            "description": {"en": f"{_MADE_UP} No such hub exists."},
            "country": hub["country"],
            "dataKind": _KIND,
        }
        for school in hub["schools"]:
            yield {
                "id": school_identifier(school),
                "type": "School",
                "name": {"en": school_name(school)},
                "description": {"en": f"{_MADE_UP} No such school exists."},
                "country": hub["country"],
                "inHub": f"hub/{hub['slug']}",
                "dataKind": _KIND,
            }


def _stories(today: dt.date) -> Iterator[dict[str, Any]]:
    """Make up stories of scenarios that are synthetic themselves, more of them in recent months."""
    chosen = random.Random(_SEED)  # noqa: S311 - nothing secret
    scenarios = _synthetic_scenarios()
    every = [(hub["slug"], school) for hub in hubs() for school in hub["schools"]]
    for number in range(_MONTHS * _STORIES_A_MONTH):
        back = int(30 * _MONTHS * chosen.random() ** 1.5)
        hub, school = chosen.choice(every)
        happened = f"{chosen.choice(_WHAT_HAPPENED)} {_MADE_UP}"
        yield {
            "id": f"evidence/example-{number + 1}",
            "type": "ImplementationStory",
            "name": {"en": f"Made-up story {number + 1}"},
            "evidenceFor": [chosen.choice(scenarios)],
            "evidenceKind": "evidence-kind/implementationStory",
            "evidenceStrength": "evidence-strength/anecdotal",
            "educationalLevel": [chosen.choice(_LEVELS)],
            "groupSizeBand": chosen.choice(_BANDS),
            "whatChanged": {"en": chosen.choice(_WHAT_CHANGED)},
            "whatHappened": {"en": happened},
            "school": [school_identifier(school)],
            "hub": [f"hub/{hub}"],
            "source": [f"hub/{hub}"],
            "datePublished": today.fromordinal(today.toordinal() - back).isoformat(),
            "dataKind": _KIND,
        }


def _synthetic_scenarios() -> list[str]:
    """Return a few dozen of the scenarios that were drafted for this repository."""
    documents = Collection.open(SHIPPED_COLLECTIONS / "starter").documents()
    found = sorted(d.identifier for d in documents if isinstance(d, Document) and d.identifier.startswith("scenario/"))
    return found[::40]
