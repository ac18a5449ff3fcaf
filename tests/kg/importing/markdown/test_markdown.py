"""Folders of Markdown: texts, translations and metadata make one lesson, or are refused with file and line."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DocumentError, ImportSourceError
from kg.importing.adapter import Record, Run
from kg.importing.markdown.adapter import MarkdownAdapter
from kg.importing.markdown.body import read_body
from kg.importing.markdown.front_matter import load_metadata, split_front_matter

if TYPE_CHECKING:
    from pathlib import Path

    from kg.importing.lesson import Lesson
    from kg.vocabulary import ConceptIndex

LESSON = """---
title: Snow flakes
license: CC-BY-4.0
authors: [Ada, Grace]
subjects: Mathematics, Art
tags: [symmetry, winter]
grades: 5
time: 45 min
date: 2024-01-31
---

# Snow flakes

Every flake has six arms, and no two flakes are alike.
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(source: Path, concepts: ConceptIndex) -> list[Record]:
    return list(MarkdownAdapter().records(Run(str(source), concepts)))


def lesson(source: Path, concepts: ConceptIndex) -> Lesson:
    (record,) = read(source, concepts)
    assert record.lesson, record.cause
    return record.lesson


def test_front_matter_says_what_a_lesson_is(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"snow.md": LESSON})
    found = lesson(tmp_path, concepts)
    assert (found.identifier, found.title) == ("snow", {"und": "Snow flakes"})
    assert (found.licence, found.attribution, found.minutes) == ("CC-BY-4.0", "Ada, Grace", 45)
    assert (found.subjects, found.levels, found.published) == (("Mathematics", "Art"), ("5",), "2024-01-31")
    assert found.keywords == {"und": ("symmetry", "winter")}
    assert found.summary == {"und": "Every flake has six arms, and no two flakes are alike."}


@pytest.mark.parametrize(
    ("estonian", "finnish"),
    [
        ("lume.et.md", "lume.fi.md"),
        ("lume_et.md", "lume_fi.md"),
        ("lume-et.md", "lume-fi.md"),
        ("lume.md", "lume-fi.md"),
        ("et/lume.md", "fi/lume.md"),
        ("et-EE/lume.md", "fi-FI/lume.md"),
        ("lume/index.et.md", "lume/index.fi.md"),
    ],
)
def test_translations_become_one_lesson(tmp_path: Path, concepts: ConceptIndex, estonian: str, finnish: str) -> None:
    write(
        tmp_path,
        **{
            estonian: "---\ntitle: Lumi\nlang: et\n---\nLund on palju.",
            finnish: "---\ntitle: Lumi suomeksi\n---\nLunta on paljon.",
        },
    )
    found = lesson(tmp_path, concepts)
    assert {tag.split("-")[0]: title for tag, title in found.title.items()} == {"et": "Lumi", "fi": "Lumi suomeksi"}
    assert set(found.languages) == set(found.title) == set(found.text)


def test_a_short_word_at_the_end_of_a_name_is_no_language(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"what-is-it.md": "# What is it?", "how-to-do-no.md": "# How not to do it", "it/a.md": "# IT"})
    records = read(tmp_path, concepts)
    assert [record.lesson.identifier for record in records if record.lesson] == [
        "how-to-do-no",
        "it/a",
        "what-is-it",
    ]
    assert all(record.lesson and record.lesson.languages == () for record in records)


def test_norway_is_no_falsehood(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a.md": "---\nlanguage: no\ntitle: Snø\nversion: 1.10\n---\n"})
    assert lesson(tmp_path, concepts).title == {"no": "Snø"}


def test_a_translation_names_its_original(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(
        tmp_path,
        **{
            "en/lessons/snow.md": "---\ntitle: Snow\n---\n",
            "es/lecciones/nieve.md": "---\ntitle: Nieve\noriginal: snow\n---\n",
        },
    )
    assert lesson(tmp_path, concepts).title == {"en": "Snow", "es": "Nieve"}


def test_metadata_may_stand_beside_the_text(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(
        tmp_path,
        **{
            "astro/lesson.yml": "level: 1\ntags:\n  topic: [game]\n  subject: [science]\n  grade: [primary]\n",
            "astro/astro.md": "---\ntitle: Astrokatt\nlanguage: nb\n---\n# Steg 1\nFly!",
            "astro/astro_nn.md": "---\ntitle: Astrokatten\nlanguage: nn\n---\n# Steg 1\nFlyg!",
            "astro/README.md": "---\ntitle: Lærerveiledning\nlanguage: nb\n---\nOppgaven passer til naturfag.",
        },
    )
    found = lesson(tmp_path, concepts)
    assert found.title == {"nb": "Astrokatt", "nn": "Astrokatten"}
    assert (found.subjects, found.levels) == (("science",), ("primary",))
    assert found.keywords["nb"] == ("game",)
    assert found.text["nb"].endswith("Oppgaven passer til naturfag.")


def test_steps_in_files_become_activities_in_each_language(tmp_path: Path, concepts: ConceptIndex) -> None:
    meta = "title: {title}\ndescription: {title}!\nduration: 2\nsteps:\n- title: {one}\n- title: {two}\n"
    write(
        tmp_path,
        **{
            "flag/en/meta.yml": meta.format(title="Flag", one="Start", two="Paint"),
            "flag/en/step_1.md": "## Start\nOpen it.",
            "flag/en/step_2.md": "## Paint\n--- task ---\nPaint it.\n--- /task ---\n",
            "flag/et-EE/meta.yml": meta.format(title="Lipp", one="Alusta", two="Maali"),
            "flag/et-EE/step_1.md": "## Alusta\nAva see.",
            "flag/et-EE/step_2.md": "## Maali\nMaali see.",
            "flag/LICENSE.md": "Licensed under http://creativecommons.org/licenses/by-sa/4.0/.",
        },
    )
    found = lesson(tmp_path, concepts)
    assert found.identifier == "flag"
    assert [dict(step.name) for step in found.activities] == [
        {"en": "Start", "et-EE": "Alusta"},
        {"en": "Paint", "et-EE": "Maali"},
    ]
    assert found.activities[1].description["en"] == "Paint it."
    assert found.text == {}  # the steps stand for themselves
    assert found.licence == "http://creativecommons.org/licenses/by-sa/4.0/"
    assert found.minutes is None  # "2" is a class of lengths


def test_numbered_steps_in_a_text_become_activities() -> None:
    body = read_body(
        "# T\nIntro here.\n## Samm 1: mõõda (15 min)\nMõõda.\n### Samm 1a\nVeel.\n## Samm 2\nArvuta.\n## Lisa\nx"
    )
    assert [(step.heading, step.minutes) for step in body.steps] == [("Samm 1: mõõda (15 min)", 15), ("Samm 2", None)]
    assert body.steps[0].text == "Mõõda.\n\nSamm 1a\n\nVeel."


def test_one_numbered_heading_is_no_plan() -> None:
    assert read_body("# Step 1\nAll there is.").steps == ()


def test_marks_of_site_generators_are_left_out() -> None:
    body = read_body(
        "{% include toc.html %}\n# Start {.intro}\n::: objectives\n\n- Count to ten.\n- Stop.\n\n:::\n"
        '[print](x){:target="_blank"} <b>bold</b> `code`\n\n```python\nprint(1)\n```\n<div>seen</div>\n\n- [ ] Do it'
    )
    assert body.objectives == ("Count to ten.", "Stop.")
    assert body.lead is None
    assert body.text == "Start\n\nCount to ten.\n\nStop.\n\nprint bold code\n\nseen\n\nDo it"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("---\ntitle: [a\nx: y\n---\n", 3, "no readable YAML"),
        ("---\ntitle: a\n", 1, "never closed"),
        ("---\n- a\n---\n", 2, "no list of names"),
        ("---\ntitle: 'a\n  b\n---\n", 2, "no readable YAML"),
        ("---\na: &x [1]\nb: [*x, *x]\n---\n", 1, "anchors"),
        ("Just text.", 1, "has no title"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_line(
    tmp_path: Path, concepts: ConceptIndex, text: str, line: int, reason: str
) -> None:
    write(tmp_path, **{"a.md": text, "b.md": LESSON})
    first, second = read(tmp_path, concepts)
    assert (first.file, first.number, first.identifier) == ("a.md", line, "a")
    assert reason in (first.cause or "")
    assert second.lesson


def test_a_broken_translation_refuses_the_lesson_and_names_it(tmp_path: Path, concepts: ConceptIndex) -> None:
    """The version imported before stays, rather than losing a language to a slip of the pen."""
    write(tmp_path, **{"a.en.md": "---\ntitle: A\n---\n", "a.fi.md": "---\ntitle: [\n---\n"})
    (record,) = read(tmp_path, concepts)
    assert record.lesson is None
    assert (record.file, record.identifier) == ("a.fi.md", "a")
    assert "=== a.fi.md" in record.raw


def test_a_broken_sidecar_is_named(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"x/lesson.yml": "tags: {", "x/a.md": "# A"})
    (record,) = read(tmp_path, concepts)
    assert (record.file, record.number) == ("x/lesson.yml", 1)
    assert (record.cause or "").startswith("the metadata are no readable YAML")


def test_two_texts_in_one_language_are_refused(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a.en.md": "---\ntitle: A\n---\n", "en/a.md": "---\ntitle: B\n---\n", "fi/a.md": "# C"})
    (record,) = read(tmp_path, concepts)
    assert "a.en.md and en/a.md are both in en" in (record.cause or "")


def test_a_readme_without_metadata_is_no_lesson(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"README.md": "# Our lessons", "a.md": LESSON})
    readme, other = read(tmp_path, concepts)
    assert "about the folder" in (readme.cause or "")
    assert other.lesson


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("[The MIT License (MIT)](https://example.org/LICENSE)", "MIT License"),
        ("[CC](https://creativecommons.org/licenses/by/4.0/)", "https://creativecommons.org/licenses/by/4.0/"),
        ("All rights reserved", "All rights reserved"),
    ],
)
def test_a_licence_may_be_a_link(tmp_path: Path, concepts: ConceptIndex, stated: str, licence: str) -> None:
    write(tmp_path, **{"a.md": f"---\ntitle: A\nlicense: '{stated}'\n---\n"})
    assert lesson(tmp_path, concepts).licence == licence


def test_teaching_and_exercises_make_the_time(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a.md": "---\ntitle: A\nteaching: 25\nexercises: 15\n---\n"})
    assert lesson(tmp_path, concepts).minutes == 40


def test_values_may_be_in_several_languages(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a.md": "---\ntitle: {et: Lumi, fi: Lumi suomeksi}\nlanguage: et\n---\n"})
    assert lesson(tmp_path, concepts).title == {"et": "Lumi", "fi": "Lumi suomeksi"}


def test_one_file_may_be_the_source(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a.md": LESSON, "b.md": LESSON})
    assert lesson(tmp_path / "a.md", concepts).identifier == "a"


def test_a_folder_without_markdown_is_refused(tmp_path: Path, concepts: ConceptIndex) -> None:
    with pytest.raises(ImportSourceError, match="no Markdown"):
        read(tmp_path, concepts)


@given(st.text())
def test_no_text_stops_an_import(text: str) -> None:
    read_body(text)
    for attempt in (lambda: split_front_matter(f"---\n{text}\n---\n"), lambda: load_metadata(text)):
        with contextlib.suppress(DocumentError):
            attempt()


@pytest.mark.parametrize(
    "text", ["{%" * 100_000, "<!--" * 100_000, "::: a\n" * 50_000, "[" * 5_000, "> " * 5_000, "*a_" * 5_000]
)
def test_no_text_takes_for_ever(text: str) -> None:
    read_body(text)


@pytest.mark.parametrize(
    ("folder", "lessons"),
    [("kodeklubben-oppgaver", 18), ("raspberrypilearning", 5), ("programming-historian", 4), ("carpentries", 12)],
)
def test_real_folders_are_read(shared: Path, concepts: ConceptIndex, folder: str, lessons: int) -> None:
    records = read(shared / "corpus" / "raw" / folder, concepts)
    assert sum(record.lesson is not None for record in records) == lessons
    refused = [record.cause for record in records if record.lesson is None]
    assert all("about the folder" in (cause or "") for cause in refused), refused


def test_the_summary_is_the_first_paragraph_and_not_an_objective() -> None:
    assert read_body("::: objectives\n- Count from one to ten.\n:::\nNumbers are all around us.").lead == (
        "Numbers are all around us."
    )


def test_a_translation_with_fewer_steps_does_not_spoil_the_others(tmp_path: Path, concepts: ConceptIndex) -> None:
    step = "# T{tag}\n## Step 1\na\n## Step 2\nb\n"
    files = {f"a.{tag}.md": step.format(tag=tag) for tag in ("fi", "lt")}
    write(tmp_path, **files, **{"a.et.md": step.format(tag="et") + "## Step 3\nc\n"})
    assert [set(one.name) for one in lesson(tmp_path, concepts).activities] == [{"fi", "lt"}, {"fi", "lt"}]


def test_a_doi_is_an_identifier_and_an_address(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a.md": "---\ntitle: A\ndoi: 10.46430/phen0037\n---\n"})
    found = lesson(tmp_path, concepts)
    assert (found.identifier, found.source_url) == ("10.46430/phen0037", "https://doi.org/10.46430/phen0037")


def test_the_raw_record_holds_all_that_the_lesson_is_made_of(tmp_path: Path, concepts: ConceptIndex) -> None:
    """Else a change of the metadata beside a text would go unnoticed."""
    files = {"a/lesson.yml": "subject: art", "a/a.et.md": "# A", "a/a.fi.md": "# B"}
    write(tmp_path, **files, LICENSE="https://creativecommons.org/licenses/by/4.0/")
    (record,) = read(tmp_path, concepts)
    assert all(f"=== {name}\n{text}" in record.raw for name, text in files.items())
    assert "=== LICENSE" in record.raw


def test_code_in_a_line_is_text_and_not_html() -> None:
    assert read_body("Use `<p>` and <b>bold</b> &amp; `x < y`.").text == "Use <p> and bold & x < y."


def test_a_text_with_steps_keeps_what_is_in_none_of_them(tmp_path: Path, concepts: ConceptIndex) -> None:
    text = "---\ntitle: Flag\n---\n# Flag\nPaint a flag with us.\n## Step 1\nOpen.\n## Step 2\nPaint.\n# Later\nRest.\n"
    write(tmp_path, **{"a.md": text})
    found = lesson(tmp_path, concepts)
    assert found.text == {"und": "Paint a flag with us.\n\nLater\n\nRest."}
    assert [step.description for step in found.activities] == [{"und": "Open."}, {"und": "Paint."}]


def test_the_text_without_a_language_in_its_name_comes_first(tmp_path: Path, concepts: ConceptIndex) -> None:
    write(tmp_path, **{"a-en.md": "# A", "a.md": "---\nlang: nb\n---\n# B", "a-et.md": "# C"})
    assert lesson(tmp_path, concepts).languages == ("nb", "en", "et")
