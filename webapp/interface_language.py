"""The language that the interface speaks to this reader: its texts by gettext, its numbers and dates by CLDR.

An address may begin with one of the interface's languages, as ``/et/search``; then everything it leads to does, too.
Else the ``lang`` parameter and the Accept-Language header decide (:func:`webapp.languages.reader_languages`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request, url_for
from markupsafe import Markup

from ontology.language import choose
from webapp.languages import PATH_LANGUAGE, reader_languages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

__all__ = [
    "CATALOGUES",
    "INTERFACE_LANGUAGES",
    "format_date",
    "format_number",
    "format_percent",
    "gettext",
    "init_app",
    "interface_language",
    "lang_of",
    "language_address",
    "language_in_words",
    "message",
    "ngettext",
    "plain_address",
    "plain_root",
]

INTERFACE_LANGUAGES: Final = ("en", "et", "fi", "lt", "nb", "ka")
"""What the interface speaks; the texts in the code are English, the others are catalogues."""

CATALOGUES: Final = Path(__file__).parent / "translations"
"""Holds ``{language}/LC_MESSAGES/messages.po``."""

_NOTHING: Final = Markup("")

_PREFIX: Final = re.compile(rf"/({'|'.join(INTERFACE_LANGUAGES)})(?=/)")


def init_app(app: Flask) -> None:
    """Let addresses begin with a language; give templates ``_``, ``ngettext`` and what formats numbers and dates."""
    app.wsgi_app = _LanguagePath(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        lambda text: _catalogue().ugettext(text),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        lang_of=lang_of,
        interface_language=interface_language,
        interface_languages=INTERFACE_LANGUAGES,
        language_address=language_address,
        language_name=_language_name,
        plain_address=plain_address,
    )
    app.jinja_env.filters.update(number=format_number, percent=format_percent, date=format_date)


class _LanguagePath:
    """Takes the language off the path before routing; it stays in the root that addresses are built from."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if found := _PREFIX.match(environ.get("PATH_INFO", "")):
            environ[PATH_LANGUAGE] = found[1]
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + found[0]
            environ["PATH_INFO"] = environ["PATH_INFO"][found.end() :]
        return self._app(environ, start_response)


def interface_language() -> str:
    """Return the language of the interface for this reader; English outside a request."""
    if not has_request_context():
        return "en"
    found: str | None = g.get("interface_language")
    if found is None:
        chosen = choose({language: language for language in INTERFACE_LANGUAGES}, reader_languages())
        found = g.interface_language = chosen[0] if chosen else "en"
    return found


def lang_of(language: str | None) -> Markup:
    """Return the attribute of a text in another language than the page's, such as `` lang="et"``; else nothing."""
    foreign = language and language != "und" and language != interface_language()
    return Markup(' lang="{}"').format(language) if foreign else _NOTHING


def gettext(text: str, /, **values: object) -> str:
    """Return a text of the interface for this reader, with the values of its ``%(name)s`` filled in."""
    return str(_catalogue().ugettext(text)) % values


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a text that goes with ``count``, which it may show as ``%(num)s``."""
    return str(_catalogue().ungettext(one, many, count)) % {"num": format_number(count), **values}


def message(text: str) -> str:
    """Return ``text``: the mark by which a text that :func:`gettext` translates later is found for the catalogues."""
    return text


def format_number(number: float) -> str:
    """Return a number as the reader writes it: ``1,541`` or ``1 541``."""
    return _formatted(number, interface_language())


@lru_cache(maxsize=4096)  # a page of results has hundreds of counts
def _formatted(number: float, language: str) -> str:
    return str(numbers.format_decimal(number, locale=_locale(language)))


def format_percent(share: float) -> str:
    """Return a share between 0 and 1 in whole percent."""
    return str(numbers.format_percent(share, locale=_locale(interface_language())))


def format_date(day: dt.date) -> str:
    """Return a date, such as ``22 November 2026``, as the reader writes it."""
    return str(dates.format_date(day, format="long", locale=_locale(interface_language())))


def language_in_words(tag: str) -> str:
    """Return what the reader calls a language, such as ``Estonian`` for ``et``; the tag itself where CLDR has none."""
    return _named_in(interface_language(), tag)


@lru_cache(maxsize=1024)
def _named_in(interface: str, tag: str) -> str:
    names = _locale(interface).languages
    for known in (tag.replace("-", "_"), tag.split("-", maxsplit=1)[0].lower()):
        if known in names:
            return str(names[known])
    return tag


def language_address(language: str | None) -> str:
    """Return the address of this page in another language of the interface; without one, in that of the reader."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    query = f"?{urlencode(pairs)}" if pairs else ""
    return plain_root() + (f"/{language}" if language else "") + _sent_path() + query


def _sent_path() -> str:
    """Return the path below the root, encoded as it was sent: decoded, ``%2F`` could not be told from a slash."""
    sent = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "").partition("?")[0]
    root = request.root_path.rstrip("/")
    if sent.startswith(f"{root}/"):
        return quote(sent.removeprefix(root), safe="%/:~!$&'()*+,;=@")
    return quote(request.path, safe="/:~!$&'()*+,;=@")


def plain_root() -> str:
    """Return the path under which the site stands, without a language: empty, or as a proxy says."""
    root = request.root_path.rstrip("/")
    return root.removesuffix(f"/{request.environ.get(PATH_LANGUAGE)}")


def plain_address(endpoint: str, **values: Any) -> str:
    """Return the address of an endpoint without a language: of what is the same for all readers."""
    built = url_for(endpoint, **values)
    return plain_root() + built.removeprefix(request.root_path.rstrip("/")) if built.startswith("/") else built


def _catalogue() -> NullTranslations:
    return _translations(interface_language())


@lru_cache(maxsize=len(INTERFACE_LANGUAGES))
def _translations(language: str) -> NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if language == "en" or not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=len(INTERFACE_LANGUAGES))
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _language_name(tag: str) -> str:
    """Return what a language of the interface calls itself."""
    name: Any = _locale(tag).get_display_name(tag)
    return str(name)[:1].upper() + str(name)[1:] if tag != "ka" else str(name)
