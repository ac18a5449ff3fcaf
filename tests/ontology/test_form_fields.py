"""Fields of forms are what the shapes say."""

from __future__ import annotations

import pytest

from ontology.check import LANGUAGES
from ontology.form_fields import form_fields

BASE = "http://127.0.0.1:8000/id/"


def test_kinds_limits_and_lists_are_those_of_the_shapes() -> None:
    fields = form_fields("Scenario", BASE)
    assert (fields["minAge"].kind, fields["minAge"].least, fields["minAge"].most) == ("integer", 3, 99)
    assert (fields["about"].kind, fields["about"].many) == ("choice", True)
    assert fields["about"].choices == "https://w3id.org/ihub/ns#Subject"
    assert (fields["name"].kind, fields["needsPupilDevices"].kind, fields["url"].kind) == ("text", "boolean", "plain")
    assert not fields["license"].many


@pytest.mark.parametrize("shape", ["Scenario", "Activity", "Outcome"])
def test_every_field_has_a_name_and_a_rule_in_every_language(shape: str) -> None:
    for field in form_fields(shape, BASE).values():
        assert field.name.keys() == field.rule.keys() == set(LANGUAGES), field.key


def test_an_unknown_shape_is_an_error() -> None:
    with pytest.raises(KeyError):
        form_fields("Unicorn", BASE)
