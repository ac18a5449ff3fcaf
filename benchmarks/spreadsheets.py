"""Measures the reading of spreadsheets: time and memory beside the parsers underneath, and how well encodings are told.

    python benchmarks/spreadsheets.py [--rows N] [--lessons LESSONS.jsonl]

Each reader runs in a process of its own. Encodings are told apart on pieces of real lessons, beside charset-normalizer.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = ["Id", "Title", "Description", "Language", "Subject", "Minutes", "Learning objectives", "Room"]
TEXT = "Groups measure surface temperatures at twenty marked points of the schoolyard and advise the school. " * 6
ENCODINGS = {"lt": "cp1257", "lv": "cp1257", "et": "cp1257", "fi": "cp1252", "nb": "cp1252", "sv": "cp1252"} | {
    "de": "cp1252",
    "ru": "cp1251",
}
PIECES = 40


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--lessons", type=Path)
    parser.add_argument("--reader", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.reader:
        read(*arguments.reader)
        return
    if arguments.write:
        write(arguments.write, arguments.rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {"csv": Path(folder) / "lessons.csv", "xlsx": Path(folder) / "lessons.xlsx"}
        # A process starts with the peak memory of the one that it was forked from, so this one must stay small.
        command = [sys.executable, __file__, "--write", folder, "--rows", str(arguments.rows)]
        subprocess.run(command, check=True)
        print(f"| reader | {arguments.rows:,} rows, processor seconds | peak memory, MiB |\n|---|---|---|")
        for name, file in (
            ("Python's csv alone", files["csv"]),
            ("ihub csv", files["csv"]),
            ("openpyxl alone, streaming", files["xlsx"]),
            ("ihub xlsx", files["xlsx"]),
        ):
            subprocess.run([sys.executable, __file__, "--reader", name, str(file)], check=True)
        if arguments.lessons:
            tell_encodings(arguments.lessons, Path(folder))


def rows(count: int) -> Iterator[list[str]]:
    """Yield lessons as rows, all different."""
    for number in range(count):
        objectives = "I can measure.\nI can explain."
        yield [f"r{number}", f"Lesson {number}", f"{number} {TEXT}", "en", "Physics; Art", "2 x 45", objectives, "214"]


def write(folder: Path, count: int) -> None:
    """Write the same rows as CSV and as a workbook."""
    import openpyxl

    with (folder / "lessons.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *rows(count)])
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Lessons")
    sheet.append(HEADER)
    for row in rows(count):
        sheet.append(row)
    workbook.save(folder / "lessons.xlsx")


def read(name: str, file: str) -> None:
    """Read the file with one reader, and print a row of the table."""
    from kg.importing.adapter import Run, load_adapter
    from kg.vocabulary import ConceptIndex, vocabulary_quads

    concepts = ConceptIndex(vocabulary_quads("http://127.0.0.1:8000/id/"))
    start = time.process_time()
    if name.startswith("ihub"):
        records = load_adapter(name.split()[1]).records(Run(file, concepts))
        count = sum(1 for record in records if record.lesson)
    elif file.endswith(".csv"):
        with Path(file).open(newline="", encoding="utf-8") as text:
            count = sum(1 for _ in csv.reader(text, delimiter=";")) - 1
    else:
        import openpyxl

        workbook = openpyxl.load_workbook(file, read_only=True)
        count = sum(1 for _ in workbook.worksheets[0].iter_rows(values_only=True)) - 1
        workbook.close()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    assert count, name  # noqa: S101
    print(f"| {name} | {seconds:.1f} | {peak} |", flush=True)


def tell_encodings(lessons: Path, folder: Path) -> None:
    """Print how many pieces of real lessons were read as written, by language."""
    from charset_normalizer import from_bytes

    from kg.importing.tabular.encoding import detect_encoding

    texts: dict[str, list[str]] = {}
    for line in lessons.read_text(encoding="utf-8").splitlines():
        lesson = json.loads(line)
        texts.setdefault(lesson["language"].split("-")[0], []).append(f"{lesson['title']};{lesson['summary']}")
    chance = random.Random(1)  # noqa: S311
    print("\n| language | encoding | pieces | ihub | charset-normalizer |\n|---|---|---|---|---|")
    for language, encoding in ENCODINGS.items():
        total = ours = theirs = 0
        for size in (1, 2, 10, 40) if language in texts else ():
            for _ in range(PIECES):
                content = "\n".join(chance.choices(texts[language], k=size)).encode(encoding, "ignore")
                if content.isascii():
                    continue
                total += 1
                path = folder / "piece.csv"
                path.write_bytes(content)
                ours += content.decode(detect_encoding(path).name, "replace") == content.decode(encoding)
                best = from_bytes(content, cp_isolation=["cp1250", "cp1251", "cp1252", "cp1257"]).best()
                theirs += best is not None and str(best) == content.decode(encoding)
        print(f"| {language} | {encoding} | {total} | {ours} | {theirs} |", flush=True)


if __name__ == "__main__":
    main()
