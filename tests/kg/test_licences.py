"""What may be made of a licensed work: the chart of Creative Commons, and the same answer as the shapes give."""

from __future__ import annotations

from itertools import product

import pytest
from rdflib import Graph

from kg.licences import OFFERED, Terms, adaptation_licences, allows_adaptation, terms_of
from ontology.load import shapes_graph
from ontology.validate import validate

CC = "https://creativecommons.org/licenses/{}/{}/"
ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"
MARK = "https://creativecommons.org/publicdomain/mark/1.0/"
OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
KINDS = ("by", "by-nc", "by-sa", "by-nc-sa", "by-nd", "by-nc-nd")

CHART = {
    "by": {"by", "by-nc", "by-nc-nd", "by-nc-sa", "by-nd", "by-sa"},
    "by-nc": {"by-nc", "by-nc-nd", "by-nc-sa"},
    "by-sa": {"by-sa"},
    "by-nc-sa": {"by-nc-sa"},
    "by-nd": set[str](),
    "by-nc-nd": set[str](),
}
"""The green boxes of the chart in https://creativecommons.org/faq/, for licences of one version."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_the_chart(kind: str) -> None:
    allowed = {other for other in KINDS if allows_adaptation(CC.format(kind, "4.0"), CC.format(other, "4.0"))}
    assert allowed == CHART[kind]
    assert not allows_adaptation(CC.format(kind, "4.0"), ZERO)


@pytest.mark.parametrize("free", [ZERO, MARK])
def test_of_what_is_free_anything_may_be_made(free: str) -> None:
    assert all(allows_adaptation(free, CC.format(kind, "4.0")) for kind in KINDS)
    assert adaptation_licences(free) == list(OFFERED)


@pytest.mark.parametrize(
    ("own", "other", "allowed"),
    [
        ("2.0", "4.0", True),
        ("3.0", "3.0", True),
        ("4.0", "3.0", False),
        ("1.0", "4.0", False),  # 1.0 has no later versions
        ("1.0", "1.0", True),
        ("3.0/ee", "4.0", True),
        ("3.0/ee", "3.0/ee", True),
    ],
)
def test_share_alike_passes_to_later_versions_but_from_the_first(own: str, other: str, *, allowed: bool) -> None:
    assert allows_adaptation(CC.format("by-sa", own), CC.format("by-sa", other)) is allowed


@pytest.mark.parametrize("licence", [None, "", "https://example.org/all-rights-reserved", CC.format("sampling", "1.0")])
def test_of_what_has_no_open_licence_nothing_may_be_made(licence: str | None) -> None:
    assert terms_of(licence) is Terms.UNKNOWN
    assert adaptation_licences(licence) == []
    assert not allows_adaptation(licence, licence or "")


def test_other_open_licences_pass_to_themselves_and_the_government_licence_to_attribution() -> None:
    mit = "https://spdx.org/licenses/MIT"
    assert adaptation_licences(mit) == [mit]
    assert allows_adaptation(OGL, CC.format("by", "4.0"))
    assert not allows_adaptation(OGL, ZERO)


def test_the_nearest_licence_is_offered_first() -> None:
    assert adaptation_licences(CC.format("by-nc", "3.0"))[0] == CC.format("by-nc", "4.0")
    assert adaptation_licences(CC.format("by-sa", "2.5"))[0] == CC.format("by-sa", "4.0")


def test_the_shapes_find_what_the_table_forbids_and_nothing_else() -> None:
    base = "http://127.0.0.1:8000/id/"
    licences = [CC.format(kind, version) for kind in KINDS for version in ("1.0", "3.0", "4.0")] + [ZERO, MARK]
    lines = ["@prefix schema: <https://schema.org/> ."]
    pairs = {}
    for number, (own, chosen) in enumerate(product(licences, licences)):
        iri = f"{base}scenario/s{number}"
        pairs[iri] = (own, chosen)
        lines.append(f"<{iri}> schema:isBasedOn <{iri}-of> ; schema:license <{chosen}> .")
        lines.append(f"<{iri}-of> schema:license <{own}> .")
    data = Graph().parse(data="\n".join(lines), format="turtle")
    found = {str(f.focus) for f in validate(data, shapes_graph(base)) if "does not go with" in f.message.get("en", "")}
    for iri, (own, chosen) in pairs.items():
        assert (iri in found) is not allows_adaptation(own, chosen), (own, chosen)
