"""The Excel template for scenarios: columns of the whole model, lists from the vocabularies, help in six languages.

An import recognises it by its headers, in whichever of the languages it was made (:mod:`kg.importing.tabular.columns`).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.documents import load_yaml
from kg.importing.tabular.columns import LANGUAGES, Column, ColumnSet, scenario_columns, step_columns
from kg.importing.tabular.lists import YES_NO, Lists
from kg.importing.tabular.reading import EXAMPLE_MARK, HELP_MARK
from kg.importing.tabular.table import column_letter

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["COMPLETE", "template_workbook"]

COMPLETE: Final = frozenset(
    {"summary", "subjects", "levels", "competences", "outcomes", "minutes", "creator", "publisher", "published"}
    | {"assessment", "activity.description", "activity.minutes", "activity.grouping", "activity.learning_type"}
)
"""Columns that a complete description has, besides the required ones; of activities with ``activity.`` before."""

_LAST_ROW: Final = 2000
"""Down to which lists and prompts work."""

_WIDTHS: Final = {
    "text": 36,
    "texts": 40,
    "words": 24,
    "materials": 36,
    "links": 28,
    "link": 28,
    "minutes": 12,
    "number": 10,
}
_SHADES: Final = {"always": "1F4E79", "complete": "2E75B6", "optional": "BDD7EE"}
_LONG: Final = frozenset({"summary", "text", "description", "outcomes"})


def template_workbook(language: str, id_base: str) -> Workbook:
    """Return the template in one of :data:`~kg.importing.tabular.columns.LANGUAGES`.

    Args:
        language: Language tag of headers, lists and example; the help is in all languages.
        id_base: Base of the deployment's entities.
    """
    import openpyxl

    words = _words()
    lists = Lists(language, id_base)
    workbook = openpyxl.Workbook()
    scenarios: Worksheet = workbook.active
    scenarios.title = words["sheets"]["scenarios"][language]
    activities = workbook.create_sheet(words["sheets"]["activities"][language])
    for tag in (language, *(other for other in LANGUAGES if other != language)):
        _write_help(workbook.create_sheet(f"{words['sheets']['help'][tag]} ({tag})"), tag)
    names = _write_lists(workbook, words["sheets"]["lists"][language], lists, language)
    _write_columns(scenarios, scenario_columns(), language, names, "")
    _write_columns(activities, step_columns(), language, names, "activity.")
    _write_example(scenarios, activities, lists, language)
    return workbook


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    (words,) = load_yaml(Path(__file__).with_name("template.yaml"))
    return dict(words)


def _write_columns(
    sheet: Worksheet, columns: ColumnSet, language: str, names: dict[str, tuple[str, str]], prefix: str
) -> None:
    """Write the header with its lists and prompts."""
    from openpyxl.styles import Alignment, Font, PatternFill

    for index, column in enumerate(_shown(columns)):
        letter = column_letter(index)
        need = _need(column, prefix)
        cell = sheet.cell(1, index + 1)
        _put(cell, column.label[language])
        cell.font = Font(bold=True, color="FFFFFF" if need != "optional" else "1F3864")
        cell.fill = PatternFill("solid", fgColor=_SHADES[need])
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        dimension = sheet.column_dimensions[letter]
        dimension.width = 50 if column.field in _LONG else _WIDTHS.get(column.kind, 16)
        dimension.alignment = Alignment(wrap_text=True, vertical="top")
        dimension.number_format = {"date": "yyyy-mm-dd", "number": "0", "minutes": "0"}.get(column.kind, "@")
        _add_prompt(sheet, column, language, names, f"{letter}2:{letter}{_LAST_ROW}")
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "C2"


def _shown(columns: ColumnSet) -> list[Column]:
    return [column for column in columns.columns if column.template]


def _need(column: Column, prefix: str) -> str:
    if column.required:
        return "always"
    return "complete" if prefix + column.field in COMPLETE else "optional"


def _add_prompt(sheet: Worksheet, column: Column, language: str, names: dict[str, tuple[str, str]], cells: str) -> None:
    """Show the column's help when a cell is chosen, and offer its list; what is not in a list may still be written."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(allow_blank=True, showErrorMessage=False, showInputMessage=True)
    if column.list:
        rule.type = "list"
        rule.formula1 = f"={names[column.list][0]}"
    rule.promptTitle = column.label[language][:32]
    rule.prompt = f"{column.help[language]} {_words()['kinds'][_kind(column)][language]}"[:255]
    rule.add(cells)
    sheet.add_data_validation(rule)


def _kind(column: Column) -> str:
    if column.list and column.list != YES_NO:
        return "many" if column.many else "one"
    return column.kind


def _write_lists(workbook: Workbook, title: str, lists: Lists, language: str) -> dict[str, tuple[str, str]]:
    """Write every list into a hidden sheet, and return the defined name and the cells of each."""
    from openpyxl.workbook.defined_name import DefinedName

    sheet = workbook.create_sheet(title)
    sheet.sheet_state = "hidden"
    words = _words()
    yes_no = {True: words["yes"][language], False: words["no"][language]}
    wanted = {column.list for columns in (scenario_columns(), step_columns()) for column in columns.columns}
    names: dict[str, tuple[str, str]] = {}
    for index, name in enumerate(sorted(filter(None, wanted))):
        entries = lists.entries(name, yes_no)
        _put(sheet.cell(1, index + 1), name)
        for row, entry in enumerate(entries, start=2):
            _put(sheet.cell(row, index + 1), entry)
        letter = column_letter(index)
        cells = f"'{title}'!${letter}$2:${letter}${len(entries) + 1}"
        defined = f"list_{name.replace('-', '_')}"
        workbook.defined_names[defined] = DefinedName(defined, attr_text=cells)
        names[name] = (defined, cells)
    return names


def _write_help(sheet: Worksheet, language: str) -> None:
    from openpyxl.styles import Alignment, Font

    words = _words()
    _put(sheet.cell(1, 1), f"{HELP_MARK} {words['sheets']['help'][language]}")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    row = 2
    for line in words["intro"][language]:
        row += 1
        _put(sheet.cell(row, 1), line)
    for name, columns, prefix in (("scenarios", scenario_columns(), ""), ("activities", step_columns(), "activity.")):
        row += 2
        _put(sheet.cell(row, 1), words["sheets"][name][language])
        sheet.cell(row, 1).font = Font(bold=True, size=12)
        row += 1
        for index, header in enumerate(words["help_headers"][language], start=1):
            _put(sheet.cell(row, index), header)
            sheet.cell(row, index).font = Font(bold=True)
        for column in _shown(columns):
            row += 1
            needed = words["needed"][_need(column, prefix)][language]
            cells = (column.label[language], needed, column.help[language], words["kinds"][_kind(column)][language])
            for index, text in enumerate(cells, start=1):
                _put(sheet.cell(row, index), text)
                sheet.cell(row, index).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (28, 24, 70, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _write_example(scenarios: Worksheet, activities: Worksheet, lists: Lists, language: str) -> None:
    """Write a whole example, which an import passes over by its identifier."""
    words, example = _words(), _words()["example"]
    concepts = {
        "subjects": "subject/geography",
        "levels": "level/isced-2",
        "competences": "competence/digcomp22-1.3",
        "proficiency": "proficiency/digcomp22-4",
        "languages": f"language/{language}",
        "tools": "tool/cat-spreadsheet",
        "resource_types": "resource-type/lessonPlan",
    }
    texts = {name: value[language] for name, value in example.items() if isinstance(value, dict)}
    row: dict[str, object] = {
        **texts,
        **_entries(scenario_columns(), concepts, lists),
        "identifier": EXAMPLE_MARK,
        "licence": "CC BY 4.0",
        "minutes": sum(step["minutes"] for step in example["activities"]),
        "creator": "https://www.school.example/",
        "publisher": "https://www.school.example/",
        "published": "2026-11-22",
        "needs_pupil_devices": words["yes"][language],
    }
    _write_row(scenarios, 2, scenario_columns(), row)
    for position, step in enumerate(example["activities"], start=1):
        stated = {name: value for name, value in step.items() if isinstance(value, str)}
        cells: dict[str, object] = {
            **_entries(step_columns(), stated, lists),
            "scenario": EXAMPLE_MARK,
            "position": position,
            "name": step["name"][language],
            "description": step["description"][language],
            "minutes": step["minutes"],
            "in_class": words["yes"][language],
            "outcomes": "1",
        }
        _write_row(activities, position + 1, step_columns(), cells)


def _entries(columns: ColumnSet, concepts: dict[str, str], lists: Lists) -> dict[str, str]:
    return {field: lists.entry(concept, str(columns.by_field[field].list)) for field, concept in concepts.items()}


def _write_row(sheet: Worksheet, number: int, columns: ColumnSet, cells: dict[str, object]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for index, column in enumerate(_shown(columns), start=1):
        cell = sheet.cell(number, index)
        _put(cell, cells.get(column.field))
        cell.font = Font(italic=True, color="595959")
        cell.fill = PatternFill("solid", fgColor="EDEDED")
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _put(cell: Any, value: object) -> None:
    """Write a value; a text stays a text, even one that begins like a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
