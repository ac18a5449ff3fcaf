"""Whatever a scenario has: adapted and sent back unchanged, all of it is there; only what is new about it is new."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from kg.documents import PART_TYPES, normalise
from kg.stated_document import listed
from ontology.load import context
from tests.webapp.taking_part.test_adapting import begun, form_of
from webapp.taking_part.contributions import contribution, read_contribution
from webapp.taking_part.layout import ACTIVITY
from webapp.taking_part.origins import ADAPTATION, answers_of, begun_answers, changes, stays, text_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from tests.webapp.taking_part.conftest import Browser

BASE = "http://127.0.0.1:8000/id/"
DAY = dt.date(2026, 11, 22)

_texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30).filter(str.strip)
_long_texts = st.lists(_texts, min_size=1, max_size=3).map("\n".join)
_tags = st.sampled_from(["en", "fi", "et", "en-GB", "nb", "id", "position", "de"]).filter(lambda tag: len(tag) < 6)


def told(texts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(_tags, texts, min_size=1, max_size=3)


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, min_size=1, max_size=len(values))


_outcomes = st.one_of(
    st.fixed_dictionaries({"description": told(_texts)}), st.fixed_dictionaries({"name": told(_texts)})
)
_materials = st.fixed_dictionaries(
    {"name": told(_texts)}, optional={"url": st.just("https://example.org/a"), "description": told(_texts)}
)
_activities = st.fixed_dictionaries(
    {},
    optional={
        "name": told(_texts),
        "description": told(_long_texts),
        "minutes": st.integers(1, 200),
        "inClass": st.booleans(),
        "grouping": st.sampled_from(["grouping/pair", "grouping/wholeClass"]),
        "learningType": some("learning-type/inquiry"),
        "coAuthorship": some("co-authorship/creating"),
        "tool": some("tool/phyphox", "tool/tineye"),
        "display": some("tool/cat-display"),
        "outcome": some("#outcome-1"),
        "material": st.lists(_materials, min_size=1, max_size=2),
    },
)
_documents = st.fixed_dictionaries(
    {
        "id": st.just("scenario/any"),
        "type": st.just("LearningScenario"),
        "name": told(_texts),
        "license": st.just("https://creativecommons.org/licenses/by/4.0/"),
        "learningOutcome": st.lists(_outcomes, min_size=1, max_size=3),
    },
    optional={
        **dict.fromkeys(("description", "abstract", "text", "product", "assessment", "adaptation"), told(_long_texts)),
        **dict.fromkeys(("keywords", "alternateName"), told(st.lists(_texts, min_size=1, max_size=3))),
        "inLanguage": some("en", "fi", "et"),
        "about": some("subject/physics", "subject/mathematics"),
        "educationalLevel": some("level/isced-1", "level/isced-2"),
        "nationalGrade": some("grade/fi-7", "grade/et-7"),
        "crossCurricularTheme": some("theme/no-such"),
        "teaches": some("competence/digcomp22-1.3", "competence/digcomp22-1", "competence/elsewhere"),
        "alignment": st.just([{"competence": "competence/digcomp22-2.2", "proficiencyLevel": "proficiency/x"}]),
        "assesses": some("competence/digcomp22-1.3"),
        "learningResourceType": some("resource-type/lessonPlan", "resource-type/exercise"),
        "audience": some("audience/teacher"),
        "accessibilityFeature": st.lists(_texts, min_size=1, max_size=2, unique=True),
        "practice": some("practice/peer-learning"),
        "material": st.lists(_materials, min_size=1, max_size=2),
        "minutes": st.integers(1, 500),
        "minAge": st.integers(3, 99),
        "maxAge": st.integers(3, 99),
        "preparationMinutes": st.integers(0, 90),
        "minStudents": st.integers(1, 40),
        "needsPupilDevices": st.booleans(),
        "activity": st.lists(_activities, min_size=1, max_size=4),
        "hasPart": some("scenario/rich"),
    },
)


def sent(answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """What a browser sends of the form for an adaptation, unchanged; the test below compares it with a real page."""
    form: MultiDict[str, str] = MultiDict({"language": answers["language"], "license": answers["license"]})

    def add(name: str, value: Any) -> None:
        for one in listed(value):
            if one is True:
                form.add(name, "1")
            else:
                form.add(name, str(one).replace("\n", "\r\n"))

    for key, value in answers["values"].items():
        add(key, value)
    for text, source in zip(answers["outcomes"], answers["outcomesFrom"], strict=True):
        form.add("outcome", text)
        form.add("outcome-from", str(source))
    form["activities"] = str(len(answers["activities"]))
    for number, row in enumerate(answers["activities"], start=1):
        for key, value in row.items():
            add(f"activity-{number}.{key}", value)
    return form


def content(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a scenario says of itself, not of who published it: in one order, whatever it is called."""
    normal = normalise({key: value for key, value in document.items() if not stays(key, ADAPTATION) or key in _HEAD})
    return {key: _plain(key, value, normal["id"]) for key, value in normal.items() if key not in _HEAD}


_HEAD = {"id", "type"}


def _plain(key: str, value: Any, own: str) -> Any:
    if key in PART_TYPES:
        return [{k: _plain(k, v, own) for k, v in part.items()} for part in value]
    definition = context()[key]
    if isinstance(definition, dict) and definition.get("@container") == "@language":
        return {tag: listed(texts) for tag, texts in value.items()}
    return sorted((str(one).replace(own, "") for one in listed(value)), key=str)


@given(_documents)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_adapted_and_sent_back_unchanged_nothing_is_lost(people_app: Flask, document: dict[str, Any]) -> None:
    origin = normalise(document)
    language = text_language(origin)
    answers = begun_answers(origin, ADAPTATION, language=language, licence=document["license"], credit="Somebody")
    with people_app.test_request_context():
        back = read_contribution(sent(answers), answers, BASE)
        made = contribution(
            back, identifier="scenario/mine", hub="hub/east", agent="x", completeness="partial", day=DAY
        )
    assert changes(answers_of(origin), back) == []
    wanted = {"learningResourceType": ["resource-type/lessonPlan"], "audience": ["audience/teacher"]} | content(origin)
    assert content(made) == wanted
    assert sorted(made["inLanguage"]) == sorted(listed(origin.get("inLanguage")) or [language])


def test_the_real_page_sends_what_the_test_above_sends(mari: Browser, people_app: Flask) -> None:
    draft = begun(mari, "rich")
    fields = form_of(mari, draft)
    with people_app.test_request_context():
        from webapp.taking_part.origin_changes import origin_document

        document = origin_document("scenario/rich")
    assert document
    answers = begun_answers(document, ADAPTATION, language="fi", licence=fields["license"][0], credit="")
    ours = dict(sent(answers).lists())
    theirs = {
        name: values for name, values in fields.items() if any(values) and name not in {"form_token", "version", "do"}
    }
    assert {name: sorted(values) for name, values in theirs.items()} == {n: sorted(v) for n, v in ours.items()}
    assert set(ACTIVITY) >= {name.partition(".")[2] for name in ours if name.startswith("activity-")} - {"from"}
