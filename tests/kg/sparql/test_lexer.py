"""The tokeniser cuts a query where SPARQL does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sparql.lexer import closing, hidden_tokens, position, tokenize, unescape_codepoints

if TYPE_CHECKING:
    from kg.sparql.lexer import Token

PIECES = st.sampled_from(
    ["SELECT", "?x", "$y", "ex:a", ":b", "ex:", "_:b1", "<http://e/#x>", "<x#>", "<", "<=", '"a"', "'b'", '"""c"""',
     "'''",
     "\\u0022", "@en", "^^", "12", "1.5", ".5e3", "+", "#", "\n", " ", "{", "}", ".", "é", "\x00", '"', "\\", "a.b",
     "ü:ö"]
)  # fmt: skip


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'''a'b''c\n'''", [("string", "'''a'b''c\n'''")]),
        ('"a\\"b"', [("string", '"a\\"b"')]),
        ('""""', [("bad", '"')]),
        ('"a\nb"', [("bad", '"')]),
        ("''\"\"", [("string", "''"), ("string", '""')]),
        ("ex:a\\'b", [("pname", "ex:a\\'b")]),
        ("ex:a.b.", [("pname", "ex:a.b"), ("op", ".")]),
        ("e-x.y:a%2F", [("pname", "e-x.y:a%2F")]),
        ("a.b", [("word", "a"), ("op", "."), ("word", "b")]),
        ("?été$x", [("var", "?été"), ("var", "$x")]),
        ("_:a.b.", [("blank", "_:a.b"), ("op", ".")]),
        ("1.5.", [("number", "1.5"), ("op", ".")]),
        ("1e5 .5E-1 3.e2", [("number", "1e5"), ("number", ".5E-1"), ("number", "3.e2")]),
        ("'x'@en-GB-x", [("string", "'x'"), ("lang", "@en-GB-x")]),
        ("?a<?b&&?c>?d", [("var", "?a"), ("iri", "<?b&&?c>"), ("var", "?d")]),
        ("?a <?b", [("var", "?a"), ("op", "<"), ("var", "?b")]),
        ("<http://e/a#b>#c>\n.", [("iri", "<http://e/a#b>"), ("op", ".")]),
        ("<a\\u0020b>", [("iri", "<a\\u0020b>")]),
    ],
)
def test_text_is_cut_as_the_grammar_says(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "opening", "expected"),
    [
        ("{ a { b } c }", 0, 6),
        ("{ a { b } c }", 2, 4),
        ("(x) (y)", 0, 2),
        ("[ ) ( ] )", 0, 3),
        ('( ")"', 0, -1),
        ("((a)", 0, -1),
    ],
)
def test_a_bracket_is_closed_by_the_one_of_its_kind(text: str, opening: int, expected: int) -> None:
    assert closing(tokenize(text), opening) == expected


@given(st.lists(PIECES, max_size=30).map("".join))
def test_tokens_lie_in_the_text_in_order_and_without_overlap(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert token.start >= end
        assert token.text
        assert text[token.start : token.end] == token.text
        end = token.end


@given(st.lists(PIECES, max_size=30).map("".join))
def test_only_the_last_token_can_be_bad(text: str) -> None:
    assert all(token.kind != "bad" for token in tokenize(text)[:-1])


def hidden(text: str) -> list[str]:
    return [token.text for token in hidden_tokens(text, tokenize(text))]


def test_an_iri_with_a_mark_that_may_be_an_operator_shows_what_a_comment_would_uncover() -> None:
    assert hidden('?a<ex:b#>"""\nSERVICE """') == ["SERVICE", '"']


def test_an_iri_with_an_authority_hides_nothing() -> None:
    assert hidden('?a <http://e/#b> """\nSERVICE """') == []


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_place_is_uncovered_twice(text: str) -> None:
    def starts(tokens: list[Token]) -> list[int]:
        return [token.start for token in tokens]

    found = starts(list(hidden_tokens(text, tokenize(text))))
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("\\u0041", "A"), ("\\U0001F600", "😀"), ("\\\\u0041", "\\\\u0041"), ("\\uD800", "\\uD800"), ("\\u00", "\\u00")],
)
def test_code_points_are_unescaped_once_and_surrogates_stay(text: str, expected: str) -> None:
    assert unescape_codepoints(text) == expected


def test_a_position_is_a_line_a_column_and_the_line_itself() -> None:
    assert position("a\r\nbc\nd", 4) == (2, 2, "bc")
    assert position("", 0) == (1, 1, "")
