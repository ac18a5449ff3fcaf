"""DigComp 3.0 as SKOS, read from the data supplement (XLSX) that the Joint Research Centre publishes with it.

The framework is by Cosgrove and Cachia, Joint Research Centre of the European Commission, November 2025
(JRC144121), CC BY 4.0. What comes from it are numbers and English names of areas, competences and proficiency
levels, and how the scales of levels map. Labels in other languages, synonyms, definitions and the mapping to
DigComp 2.2 are ihub's own, in ``vocab/digcomp30-texts.ttl``.

Run it again when a new edition of the supplement appears::

    python -m ontology.digcomp_supplement SUPPLEMENT.xlsx > ontology/vocab/digcomp30.ttl

It needs openpyxl (in the ``dev`` extra).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Framework", "Level", "SupplementError", "Term", "main", "read_framework", "to_turtle"]

_COMPETENCES: Final = "1 Competence Areas&Competences"
_COMPETENCE_COLUMNS: Final = (
    "Competence area number",
    "Competence area name",
    "Competence number",
    "Competence name",
)
_LEVELS: Final = "2 Proficiency Levels"
_LEVEL_COLUMNS: Final = ("Proficiency level name", "Eight level mapping", "Six level mapping")

_HEAD: Final = """\
# DigComp 3.0: areas, competences and proficiency levels. Made by "python -m ontology.digcomp_supplement" - do not edit.
# Numbers and English names: Cosgrove and Cachia, DigComp 3.0: European Digital Competence Framework, fifth edition,
# Joint Research Centre of the European Commission, November 2025 (JRC144121), CC BY 4.0.
# Other languages, synonyms, definitions and the mapping to DigComp 2.2 are in digcomp30-texts.ttl.
"""


class SupplementError(ValueError):
    """The workbook is not the data supplement, or has another layout; the message says what is missing."""


@dataclass(frozen=True)
class Term:
    """An area or a competence.

    Attributes:
        notation: Its number as the framework writes it, ``1`` or ``1.2``.
        name: Its English name.
    """

    notation: str
    name: str


@dataclass(frozen=True)
class Level:
    """One step of the eight-level scale.

    Attributes:
        step: 1 to 8.
        name: English name of the one of four levels that the step is part of, such as ``Basic``.
        six: The corresponding step of six-level schemes, ``A1`` to ``C2``.
    """

    step: int
    name: str
    six: str


@dataclass(frozen=True)
class Framework:
    """The parts of the supplement that the vocabulary needs, in the framework's order."""

    areas: tuple[Term, ...]
    competences: tuple[Term, ...]
    levels: tuple[Level, ...]

    def four_levels(self) -> tuple[str, ...]:
        """Return the names of the four levels, lowest first.

        >>> Framework((), (), (Level(1, "Basic", "A1"), Level(2, "Basic", "A2"))).four_levels()
        ('Basic',)
        """
        return tuple(dict.fromkeys(level.name for level in self.levels))


def read_framework(path: Path) -> Framework:
    """Read areas, competences and levels from the supplement.

    Args:
        path: The workbook, ``.xlsx``.

    Raises:
        SupplementError: A sheet or column is not there, or the sheets are empty.
        FileNotFoundError: There is no file at ``path``.
    """
    from openpyxl import load_workbook

    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        sheets = {
            name: list(workbook[name].iter_rows(values_only=True))
            for name in (_COMPETENCES, _LEVELS)
            if name in workbook.sheetnames
        }
    finally:
        workbook.close()
    areas: dict[str, Term] = {}
    competences: dict[str, Term] = {}
    for area, area_name, number, name in _columns(path, sheets, _COMPETENCES, _COMPETENCE_COLUMNS):
        areas.setdefault(area, Term(area, area_name))
        competences.setdefault(number, Term(number, name))
    levels: list[Level] = []
    for name, step, six in _columns(path, sheets, _LEVELS, _LEVEL_COLUMNS):
        if not step.isdecimal():
            raise SupplementError(f"{path}: sheet {_LEVELS!r} gives the step {step!r}, which is not a number")
        levels.append(Level(int(step), name, six))
    if not competences or not levels:
        raise SupplementError(f"{path}: no competences or no levels in the workbook")
    return Framework(tuple(areas.values()), tuple(competences.values()), tuple(levels))


def _columns(
    path: Path, sheets: dict[str, list[tuple[object, ...]]], sheet: str, names: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of a sheet's filled rows as trimmed text."""
    if not sheets.get(sheet):
        raise SupplementError(f"{path}: there is no sheet {sheet!r}")
    header = [_text(cell) for cell in sheets[sheet][0]]
    missing = [name for name in names if name not in header]
    if missing:
        raise SupplementError(f"{path}: sheet {sheet!r} lacks the column {missing[0]!r}")
    places = [header.index(name) for name in names]
    for row in sheets[sheet][1:]:
        values = tuple(_text(row[place]) for place in places)
        if all(values):
            yield values


def _text(cell: object) -> str:
    """Return a cell as trimmed text, with single spaces; an empty cell is the empty string."""
    return "" if cell is None else " ".join(str(cell).split())


def to_turtle(framework: Framework) -> str:
    """Return the vocabulary as Turtle whose IRIs are relative to a deployment's ``{base}id/``.

    Equal frameworks give equal text.
    """
    prefixes = "\n".join(f"@prefix {name}: <{PREFIXES[name]}> ." for name in ("ihub", "owl", "dcterms", "foaf", "skos"))
    blocks = [_HEAD + "\n" + prefixes, *_schemes(framework)]
    blocks += [_competence(term, None) for term in framework.areas]
    blocks += [_competence(term, term.notation.split(".")[0]) for term in framework.competences]
    blocks += [_four_level(rank, name) for rank, name in enumerate(framework.four_levels(), start=1)]
    blocks += [_eight_level(level) for level in framework.levels]
    return "\n\n".join(blocks) + "\n"


def _schemes(framework: Framework) -> Iterator[str]:
    tops = {
        "digcomp30": [f"<competence/digcomp30-{area.notation}>" for area in framework.areas],
        "digcomp30-levels": [f"<proficiency/{_slug(name)}>" for name in framework.four_levels()],
        "digcomp30-steps": [f"<proficiency/digcomp30-{level.step}>" for level in framework.levels],
    }
    for scheme, concepts in tops.items():
        yield _block(
            f"<scheme/{scheme}> a skos:ConceptScheme",
            [
                "dcterms:source <https://publications.jrc.ec.europa.eu/repository/handle/JRC144121>",
                "dcterms:license <https://creativecommons.org/licenses/by/4.0/>",
                'owl:versionInfo "3.0"',
                "foaf:primaryTopic <framework/digcomp30>",
                "skos:hasTopConcept " + ",\n        ".join(concepts),
            ],
        )


def _competence(term: Term, area: str | None) -> str:
    place = f"skos:broader <competence/digcomp30-{area}>" if area else "skos:topConceptOf <scheme/digcomp30>"
    return _block(
        f"<competence/digcomp30-{term.notation}> a skos:Concept, ihub:Competence",
        [
            "skos:inScheme <scheme/digcomp30>",
            place,
            f"skos:notation {_quoted(term.notation)}",
            f"skos:prefLabel {_quoted(term.name)}@en",
            "ihub:framework <framework/digcomp30>",
        ],
    )


def _four_level(rank: int, name: str) -> str:
    return _block(
        f"<proficiency/{_slug(name)}> a skos:Concept, ihub:ProficiencyLevel",
        [
            "skos:inScheme <scheme/digcomp30-levels>",
            "skos:topConceptOf <scheme/digcomp30-levels>",
            f"skos:notation {_quoted(name)}",
            f"skos:prefLabel {_quoted(name)}@en",
            f"ihub:rank {rank}",
            "ihub:framework <framework/digcomp30>",
        ],
    )


def _eight_level(level: Level) -> str:
    return _block(
        f"<proficiency/digcomp30-{level.step}> a skos:Concept, ihub:ProficiencyLevel",
        [
            "skos:inScheme <scheme/digcomp30-steps>",
            "skos:topConceptOf <scheme/digcomp30-steps>",
            f"skos:notation {_quoted(str(level.step))}",
            f"skos:prefLabel {_quoted(f'Level {level.step} ({level.name})')}@en",
            f"skos:scopeNote {_quoted(f'{level.six} in schemes of six levels.')}@en",
            f"skos:broadMatch <proficiency/{_slug(level.name)}>",
            f"ihub:rank {level.step}",
            "ihub:framework <framework/digcomp30>",
        ],
    )


def _slug(level: str) -> str:
    """Return the slug of one of the four levels.

    >>> _slug("Highly advanced")
    'digcomp30-highly-advanced'
    """
    return "digcomp30-" + level.lower().replace(" ", "-")


def _block(head: str, statements: Iterable[str]) -> str:
    return head + "".join(f" ;\n    {statement}" for statement in statements) + " ."


def _quoted(text: str) -> str:
    r"""Return a Turtle string literal.

    >>> print(_quoted('a "b" \\'))
    "a \"b\" \\"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main(arguments: Sequence[str]) -> int:
    """Write the Turtle of the workbook named on the command line to standard output.

    Args:
        arguments: The path of the supplement, nothing else.

    Returns:
        The exit status: 0, or 2 with a message if the command line or the workbook is wrong.
    """
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m ontology.digcomp_supplement SUPPLEMENT.xlsx\n")
        return 2
    try:
        turtle = to_turtle(read_framework(Path(arguments[0])))
    except (SupplementError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(turtle)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
