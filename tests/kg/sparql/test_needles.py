"""A condition on a text is never true of one that lacks the needle."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, Store

from kg.sparql.lexer import tokenize
from kg.sparql.needles import fold, needle

if TYPE_CHECKING:
    from collections.abc import Iterator

STORE = Store()


def sought(condition: str) -> str:
    return needle(tokenize(condition))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('CONTAINS(?x, "Abc")', "abc"),
        ('(CONTAINS(LCASE(STR(?x)), "abc"))', "abc"),
        ("((STRSTARTS(?x, 'a b')))", "a b"),
        ('strends(str(?x), "ß")', "ss"),
        ('REGEX(?x, "water.*[0-9]", "i")', "water"),
        ('REGEX(STR(?x), "^Õun$")', "õun"),
        ('REGEX(?x, "colou?r")', "colo"),
        ('REGEX(?x, "ab+")', "ab"),
        ('(CONTAINS(?x, "ab") && CONTAINS(?x, "abc") && ?x != "y")', "abc"),
        ('(CONTAINS(?x, "ab") && (?x = "y" || ?x = "z"))', "ab"),
        ('(LANG(?x) = "en")', '"@en'),
        ('("EN" = LANG(?x))', '"@en'),
        ('LANGMATCHES(LANG(?x), "en")', '"@en'),
    ],
)
def test_what_a_condition_demands(condition: str, expected: str) -> None:
    assert sought(condition) == expected


@pytest.mark.parametrize(
    "condition",
    [
        '!CONTAINS(?x, "abc")',
        '(!CONTAINS(?x, "abc"))',
        '(CONTAINS(?x, "abc") || ?x = "y")',
        '(CONTAINS(?x, "abc") = false)',
        '(CONTAINS(?x, "abc") && ?x = "y" || ?x = "z")',
        'CONTAINS("abc", ?x)',
        'CONTAINS(UCASE(?x), "I")',
        'CONTAINS(SUBSTR(?x, 2), "abc")',
        'CONTAINS(?x, "a\\"b")',
        'CONTAINS(?x, """abc""")',
        "CONTAINS(?x, ?y)",
        'CONTAINS(?x, "")',
        'REGEX(?x, "a|b")',
        'REGEX(?x, "(abc)?")',
        'REGEX(?x, "a*")',
        'REGEX(?x, "a{0}")',
        'REGEX(?x, "a b", "x")',
        'REGEX(?x, "a", "i", "b")',
        'LANGMATCHES(LANG(?x), "*")',
        '(LANG(?x) = "")',
        '(LANG(?x) != "en")',
        'REGEX(?x, "\u019b", "i")',
        'CONTAINS(LCASE(?x), "\u0264")',
        'REPLACE(?x, "abc", "")',
        '(?x = "abc")',
        "BOUND(?x)",
        "(",
        "",
    ],
)
def test_conditions_that_demand_nothing_known(condition: str) -> None:
    assert sought(condition) == ""


def cased() -> Iterator[tuple[str, str]]:
    """Characters, and what differs from them in case alone by any rule that Python knows."""
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        if 0xD800 <= point <= 0xDFFF:
            continue
        variants = {f(g(character)) for f in (str.lower, str.upper) for g in (str.lower, str.upper, str.casefold)}
        yield from ((character, other) for other in sorted(variants - {character}) if other)


def test_what_the_engine_takes_for_equal_folds_to_equal_texts() -> None:
    pairs = list(cased())
    pairs += [(b, a) for a, b in pairs if len(b) == 1]
    rows = " ".join(f"({Literal(a)} {Literal(b)} {number})" for number, (a, b) in enumerate(pairs))
    query = f"""SELECT ?n {{ VALUES (?a ?b ?n) {{ {rows} }}
        FILTER(CONTAINS(LCASE(?a), ?b) || CONTAINS(LCASE(?a), LCASE(?b)) || REGEX(?a, CONCAT("^", ?b, "$"), "i")) }}"""
    same = [pairs[int(row[0].value)] for row in STORE.query(query)]  # type: ignore[union-attr, index]
    assert len(same) > 2500
    assert [(a, b) for a, b in same if fold(b) not in fold(a)] == []
