"""Settings come from one table, and the documentation has every row of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SettingError
from kg.settings import SETTINGS, Settings

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented(setting: object) -> None:
    default = f"`{setting.default}`" if setting.default else "none"  # type: ignore[attr-defined]
    row = f"| `{setting.variable}` | {default} | {setting.help} |"  # type: ignore[attr-defined]
    assert row in DOCUMENTATION.read_text(encoding="utf-8")


def test_settings_survive_the_environment() -> None:
    settings = Settings.from_environment(
        {"IHUB_PORT": "81", "IHUB_HOME": "/tmp/somewhere", "IHUB_SPARQL_DEADLINE": "2.5"}
    )
    assert Settings.from_environment(settings.to_environment()) == settings


def test_the_base_ends_in_a_slash() -> None:
    assert (
        Settings.from_environment({"IHUB_BASE_IRI": "https://ihub.example.org"}).id_base
        == "https://ihub.example.org/id/"
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("IHUB_PORT", "eighty"),
        ("IHUB_PORT", "-1"),
        ("IHUB_SPARQL_DEADLINE", "nan"),
        ("IHUB_BASE_IRI", "ihub.example.org"),
        ("IHUB_BASE_IRI", "https://ihub.example.org/?x=1"),
        ("IHUB_SPARQL_STORE", "localhost:8890/sparql"),
        ("IHUB_SPARQL_STORE", "http://dba:secret@localhost:8890/sparql"),
        ("IHUB_METRICS", "everybody"),
        ("IHUB_TAKING_PART", "yes"),
        ("IHUB_DATABASE_URL", "people.sqlite"),
        ("IHUB_OPENID_HUB", "tallinn"),
    ],
)
def test_bad_values_name_their_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({variable: value})
    assert caught.value.field == variable


def test_a_password_is_not_shown_with_the_settings() -> None:
    settings = Settings.from_environment({"IHUB_SPARQL_STORE_PASSWORD": "hunter2"})
    assert settings.sparql_store_password == "hunter2"  # noqa: S105 - an example
    assert "hunter2" not in repr(settings)


def test_a_database_address_is_shown_neither_with_the_settings_nor_in_an_error() -> None:
    settings = Settings.from_environment({"IHUB_DATABASE_URL": "postgresql://ihub:hunter2@db/ihub"})
    assert "hunter2" not in repr(settings)
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({"IHUB_DATABASE_URL": "mysql://ihub:hunter2@db/ihub"})
    assert "hunter2" not in str(caught.value)
