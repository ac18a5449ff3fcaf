"""How numbers and a few phrases of queries are read as filters, language by language.

Everything that has a name (levels, grades, class organisation, tools, licences, ...) comes from the vocabularies
instead; see :mod:`search.constraints`. A language's row is a set of alternatives of regular expressions, compared
without case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["GRADE_COUNTRIES", "Reading", "read_patterns"]

_MINUTES: Final = {
    "en": r"min|mins|minutes?",
    "et": r"minut\w*",
    "fi": r"minuut\w*",
    "lt": r"minu[tč]\w*",
    "nb": r"minutt\w*",
    "ka": r"წთ|წუთ\w*",
}
_HOURS: Final = {
    "en": r"h|hrs?|hours?",
    "et": r"t|tund\w*|tunni\w*",
    "fi": r"tunti\w*|tunnin|tunnissa",
    "lt": r"val|valand\w*",
    "nb": r"time|timer|timen",
    "ka": r"სთ|საათ\w*",
}
_AT_MOST: Final = {
    "en": r"max|maximum|at most|up to|no more than|under|within|less than",
    "et": r"kuni|maksimaalselt|mitte üle|alla",
    "fi": r"enintään|korkeintaan|maksimissaan|alle",
    "lt": r"iki|ne daugiau kaip|daugiausia|maks",
    "nb": r"maks|maksimalt|inntil|opptil|høyst|under",
    "ka": r"მაქსიმუმ|არაუმეტეს",
}
_AT_LEAST: Final = {
    "en": r"min|minimum|at least|over|more than",
    "et": r"vähemalt|üle",
    "fi": r"vähintään|yli",
    "lt": r"bent|mažiausiai|ne mažiau kaip",
    "nb": r"minst|minimum|over",
    "ka": r"მინიმუმ|სულ მცირე|არანაკლებ",
}
_GRADE: Final = {
    "en": r"(?:grade|year|class|form)\s*{n}|{n}(?:st|nd|rd|th)\s+(?:grade(?:rs?)?|year|class|form)",
    "et": r"{n}\s*\.?\s*(?:klass\w*|kl\b)",
    "fi": r"{n}\s*\.?\s*-?\s*(?:luok\w*|vuosiluok\w*|lk\b)|{n}\.?-luok\w*",
    "lt": r"{n}\s*(?:-?(?:oji|osios|ojoje|os|a)\s*)?(?:klas\w*|kl\b)",
    "nb": r"{n}\s*\.?\s*(?:trinn\w*|klassetrinn\w*|årstrinn\w*|klasse\w*|steg\w*)",
    "ka": r"(?:მე\s*-?\s*)?{n}\s*-?\s*(?:ე\s+)?კლას\w*",
}
GRADE_COUNTRIES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("ee", "fi", "lt", "no", "ge"),
    "et": ("ee",),
    "fi": ("fi",),
    "lt": ("lt",),
    "nb": ("no",),
    "ka": ("ge",),
}
"""The countries whose grades the word of a language counts; English is used of all."""

_AGE: Final = {
    "en": r"{n}\s*-?\s*years?\s*-?\s*olds?|ages?\s*{n}|aged\s*{n}|{n}\s*y/?o",
    "et": r"{n}\s*-?\s*aasta\w*",
    "fi": r"{n}\s*-?\s*vuotia\w*|{n}\s*-?\s*vuot\w*",
    "lt": r"{n}\s*-?\s*met(?:ų|is|ams|inuk\w*|inis|iai)",
    "nb": r"{n}\s*-?\s*åring\w*|{n}\s*år(?:\s+gam\w*)?",
    "ka": r"{n}\s*-?\s*წლ\w*",
}
_NO_DEVICES: Final = {
    "en": r"(?:no|without)\s+(?:digital\s+)?(?:devices?|computers?|screens?|laptops?|tablets?|phones?)"
    r"|(?:device|screen)[- ]free|unplugged",
    "et": r"ilma\s+(?:seadme\w*|arvuti\w*|ekraani\w*|nutiseadme\w*)|seadme(?:te)?ta|arvuti(?:te)?ta|ekraanivaba\w*",
    "fi": r"ilman\s+(?:lait\w*|tietokone\w*|ruutu\w*|näyttö\w*|digilait\w*)|laitteetto\w*|laitteitta",
    "lt": r"be\s+(?:įrengini\w*|prietais\w*|kompiuteri\w*|ekran\w*|telefon\w*)",
    "nb": r"uten\s+(?:enhet\w*|datamaskin\w*|skjerm\w*|pc\b|utstyr|nettbrett\w*|mobil\w*)|skjermfri\w*|analogt?",
    "ka": r"(?:მოწყობილობ\w*|კომპიუტერ\w*|ეკრან\w*|ტელეფონ\w*)\s+გარეშე",
}
_EVIDENCE: Final = {
    "en": r"with evidence|evidence[- ]based|proven",
    "et": r"tõendatud\w*|tõenduspõhi\w*",
    "fi": r"näyttöön perustuv\w*|tutkitusti toimiv\w*",
    "lt": r"pagr[įi]st\w* įrodymais|su įrodymais",
    "nb": r"evidensbaser\w*|med evidens",
    "ka": r"მტკიცებულებებ\w* დაფუძნებულ\w*",
}
_IN_LANGUAGE: Final = {
    "en": r"in english|inglise\s*keel(?:es|ne|sed)|englanniksi|anglų kalba|anglų k\.?|på engelsk|ინგლისურად",
    "et": r"in estonian|eesti\s*keel(?:es|ne|sed)|viroksi|estų kalba|på estisk|ესტონურად",
    "fi": r"in finnish|soome\s*keel(?:es|ne|sed)|suomeksi|suomenkieli\w*|suomių kalba|på finsk|ფინურად",
    "ka": r"in georgian|gruusia\s*keel(?:es|ne|sed)|georgiaksi|gruzinų kalba|på georgisk|ქართულად",
    "lt": r"in lithuanian|leedu\s*keel(?:es|ne|sed)|liettuaksi|lietuvi(?:ų kalba|škai)|på litauisk|ლიტვურად",
    "nb": r"in norwegian|norra\s*keel(?:es|ne|sed)|norjaksi|norvegų kalba|på (?:norsk|bokmål)|ნორვეგიულად",
}
_DIGCOMP: Final = re.compile(
    r"\bdig\s?comp\s*(?P<version>2\.2|3\.0)?\s*(?P<n>[1-5]\.[1-6])\b|(?<![\w.])(?P<bare>[1-5]\.[1-6])(?![\w.])",
    re.IGNORECASE,
)
_MOST_MINUTES: Final = 6000


@dataclass(frozen=True)
class Reading:
    """What a stretch of a query was read as.

    Attributes:
        start: Where it starts.
        end: Where it ends.
        parameters: Parameters that a filter would set: ``grade`` has values such as ``ee-7``, ``competence`` notations.
    """

    start: int
    end: int
    parameters: tuple[tuple[str, tuple[str, ...]], ...]


def read_patterns(query: str) -> Iterator[Reading]:
    """Yield what numbers and phrases of a query read as; stretches may overlap, the surest come first."""
    for found in _TIME.finditer(query):
        if parameters := _time(found):
            yield Reading(*found.span(), parameters)
    for language, pattern in _GRADES.items():
        for found in pattern.finditer(query):
            number = next(group for group in found.groups() if group)
            grades = tuple(f"{country}-{number}" for country in GRADE_COUNTRIES[language])
            yield Reading(*found.span(), (("grade", grades),))
    for found in _AGES.finditer(query):
        yield Reading(*found.span(), (("age", (next(group for group in found.groups() if group),)),))
    for pattern, name, value in _PHRASES:
        for found in pattern.finditer(query):
            yield Reading(*found.span(), ((name, (value,)),))
    for found in _BARE_TIME.finditer(query):
        name = "minutes_min" if found["least"] else "minutes_max"
        yield Reading(*found.span(), ((name, (str(int(found["number"])),)),))
    for found in _DIGCOMP.finditer(query):
        version = "30" if found["version"] == "3.0" else "22"
        yield Reading(*found.span(), (("competence", (f"digcomp{version}-{found['n'] or found['bare']}",)),))


def _time(found: re.Match[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the filters that a time sets; a time that says neither is what there is at most."""
    unit = 60 if found["hours"] else 1
    minutes = round(float(found["number"].replace(",", ".")) * unit) + int(found["extra"] or 0)
    if not 0 < minutes <= _MOST_MINUTES:
        return ()
    if found["low"] and int(found["low"]) * unit < minutes:
        return (("minutes_min", (str(int(found["low"]) * unit),)), ("minutes_max", (str(minutes),)))
    return (("minutes_min" if found["least"] else "minutes_max", (str(minutes),)),)


def _any(table: Mapping[str, str]) -> str:
    return "|".join(f"(?:{alternatives})" for alternatives in table.values())


def _bounded(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{expression})(?!\w)", re.IGNORECASE)


_TIME: Final = _bounded(
    rf"(?:(?P<least>{_any(_AT_LEAST)})\s*|(?:{_any(_AT_MOST)})\s*)?(?:(?P<low>\d{{1,3}})\s*[-–—]\s*)?"  # noqa: RUF001
    rf"(?P<number>\d{{1,4}}(?:[.,]\d{{1,2}})?)\s*-?\s*"
    rf"(?:(?:{_any(_MINUTES)})|(?P<hours>{_any(_HOURS)})(?:\s*(?P<extra>\d{{1,2}})\s*(?:{_any(_MINUTES)}))?)"
)
_BARE_TIME: Final = _bounded(
    rf"(?:(?P<least>{_any(_AT_LEAST)})|(?:{_any(_AT_MOST)}))\s*(?P<number>[1-9]\d{{1,2}})(?!\s*[-.,]?\w)"
)
_GRADES: Final = {language: _bounded(form.replace("{n}", "(1[0-2]|[1-9])")) for language, form in _GRADE.items()}
_AGES: Final = _bounded(_any(_AGE).replace("{n}", r"([3-9]|1\d)"))
_PHRASES: Final = (
    (_bounded(_any(_NO_DEVICES)), "devices", "none"),
    (_bounded(_any(_EVIDENCE)), "evidence", "any"),
    *((_bounded(forms), "language", language) for language, forms in _IN_LANGUAGE.items()),
)
