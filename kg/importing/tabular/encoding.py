"""Which character encoding a text file is in: by its mark, by being valid UTF-8, else by the letters that come out.

Programs that guess from bytes alone take Lithuanian and Latvian in Windows-1257 for other languages in Windows-1250 or
Windows-1252, so the single-byte encodings are told apart here by how often languages use their letters beyond a to z.
"""

from __future__ import annotations

import codecs
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import ImportSourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["TextEncoding", "detect_encoding", "named_encoding"]

_SAMPLE: Final = 1 << 20
_CHUNK: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; UTF-32 stands before UTF-16, whose mark is the beginning of its own."""

_LETTERS: Final[dict[str, str]] = {
    "en": "é",
    "et": "äääõõõüüöšž",
    "fi": "ääääääääöööåšž",
    "sv": "äääåååööé",
    "nb": "ååååøøøøæéóòêô",
    "de": "üüüäääööß",
    "lt": "ėėėėųųųššžžįįąąūūčę",
    "lv": "āāāāāīīēēšņļģķūūžč",
    "pl": "łłłąąęęóóżżśśćńź",
    "fr": "éééééééèèàêçôîûùâïëœ",
    "es": "óóóííáááééñúü",
    "ru": "оооооееееааааииинннттссррввллккммддппууяыьгзбчйхжшюцщэфъё",
}
"""By language, its letters beyond a to z, each as often as it roughly occurs."""

_ENCODINGS: Final[dict[str, tuple[str, ...]]] = {
    "cp1252": ("en", "et", "fi", "sv", "nb", "de", "fr", "es"),
    "cp1257": ("lt", "lv", "et"),
    "cp1251": ("ru",),
    "cp1250": ("pl",),
}
"""Encodings of one byte a character, and the languages that are written in them; the earlier one wins a draw."""


@dataclass(frozen=True)
class TextEncoding:
    """An encoding by its Python name, and how it is told to people.

    Attributes:
        name: Such as ``utf-8-sig``.
        label: Such as ``Windows-1257``.
        guessed: Whether it was guessed from the letters.
        damaged: Whether the file holds some bytes that are not in this encoding.
    """

    name: str
    label: str
    guessed: bool = False
    damaged: bool = False


def named_encoding(name: str) -> TextEncoding:
    """Return the encoding that a person names, such as ``windows-1257``.

    Raises:
        LookupError: There is none of that name.
    """
    codec = codecs.lookup(name.strip())
    if not codec._is_text_encoding:  # Python has codecs that are no character encodings, such as base64
        raise LookupError(name)
    return TextEncoding({"utf-8": "utf-8-sig"}.get(codec.name, codec.name), name.strip())


def detect_encoding(path: Path) -> TextEncoding:
    """Return the encoding of a text file; the whole file is read once, in pieces.

    Raises:
        ImportSourceError: It cannot be read, or is no text.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return TextEncoding(name, name.removesuffix("-sig").upper())
        if b"\0" in head:
            return _without_mark(head, path)
        good, bad = _utf8_letters(path)
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=path) from error
    # UTF-8 letters do not come about by chance: a file that has many of them and few bad bytes is damaged UTF-8.
    if not bad or good > 20 * bad:
        return TextEncoding("utf-8-sig", "UTF-8", damaged=bool(bad))
    name = _likeliest(head)
    return TextEncoding(name, name.replace("cp", "Windows-"), guessed=True)


def _without_mark(head: bytes, path: Path) -> TextEncoding:
    """Tell UTF-16 without a mark by where the zero bytes of its ASCII characters stand."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""
    if not name or max(even, odd) < len(head) // 20:
        raise ImportSourceError("is no text file: it holds zero bytes", file=path, hint="save it as CSV (UTF-8)")
    return TextEncoding(name, name.upper())


def _utf8_letters(path: Path) -> tuple[int, int]:
    """Count the characters of several bytes that are valid UTF-8, and the damaged places."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if chunk.isascii():
                bad += decoder.decode(chunk[:0]).count("\ufffd")
            text = decoder.decode(chunk)
            if text.isascii():
                continue
            damaged = text.count("\ufffd")
            bad += damaged
            good += sum(character > "\x7f" for character in text) - damaged
    return good, bad + decoder.decode(b"", final=True).count("\ufffd")


def _likeliest(sample: bytes) -> str:
    """Return the single-byte encoding whose letters a language would most probably use."""
    best, choice = -math.inf, "cp1252"
    for encoding, languages in _ENCODINGS.items():
        text = sample.decode(encoding, errors="replace")
        letters = Counter(c for c in text.casefold() if c > "\x7f" and (c.isalpha() or c in "\ufffd\u00a4\u00ac"))
        for language in languages:
            score = _log_likelihood(letters, _LETTERS[language])
            if score > best:
                best, choice = score, encoding
    return choice


def _log_likelihood(letters: Counter[str], alphabet: str) -> float:
    weights = Counter(alphabet)
    return sum(
        count * math.log(weights[letter] / len(alphabet) if letter in weights else 1e-4)
        for letter, count in letters.items()
    )
