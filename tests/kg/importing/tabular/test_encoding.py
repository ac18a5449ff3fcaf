"""Encodings: a file is read as it was written, whatever program wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ImportSourceError
from kg.importing.tabular.encoding import detect_encoding

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "lt": ("cp1257", "Tema: šviesos lūžis;Mokiniai išmatuoja kampus ir paaiškina, kodėl lęšis vaizdą apverčia."),
    "lv": ("cp1257", "Temats: gaismas laušana;Skolēni izmēra leņķus un izskaidro, kāpēc lēca attēlu apgriež."),
    "et": (
        "cp1257",
        "Teema: valguse murdumine;Õpilased mõõdavad nurki ja selgitavad, miks lääts kujutise ümber pöörab.",
    ),
    "fi": ("cp1252", "Aihe: valon taittuminen;Oppilaat mittaavat kulmia ja selittävät, miksi linssi kääntää kuvan."),
    "nb": (
        "cp1252",
        "Tema: lysbrytning;Elevene måler vinkler og forklarer hvorfor linsen gjør bildet opp ned, på rødt ark.",
    ),
    "sv": ("cp1252", "Ämne: ljusets brytning;Eleverna mäter vinklar och förklarar varför linsen vänder på bilden."),
    "de": ("cp1252", "Thema: Lichtbrechung;Die Schüler messen Winkel und erklären, warum die Linse das Bild umkehrt."),
    "ru": (
        "cp1251",
        "Тема: преломление света;Ученики измеряют углы и объясняют, почему линза переворачивает изображение.",
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_an_old_windows_file_is_told_by_its_letters(language: str, tmp_path: Path) -> None:
    encoding, text = TEXTS[language]
    path = tmp_path / "old.csv"
    path.write_bytes(text.encode(encoding))
    found = detect_encoding(path)
    assert found.guessed
    assert path.read_bytes().decode(found.name) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@given(text=st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_unicode_files_are_read_as_written(encoding: str, text: str, tmp_path: Path) -> None:
    text = "Title;Language\n" + text.replace("\ufeff", "").replace("\ufffd", "")
    path = tmp_path / "new.csv"
    path.write_bytes(text.encode(encoding))
    found = detect_encoding(path)
    assert not found.guessed
    assert path.read_bytes().decode(found.name).removeprefix("\ufeff") == text


def test_utf8_with_a_bad_byte_is_damaged_and_not_taken_for_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    path.write_bytes("ä".encode() * 100 + b"\xff")
    found = detect_encoding(path)
    assert (found.label, found.damaged) == ("UTF-8", True)


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50)
    with pytest.raises(ImportSourceError, match="no text file"):
        detect_encoding(path)
