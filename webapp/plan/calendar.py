"""A plan as a calendar (RFC 5545): its lessons, one after the other, at the times of a teacher's week."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_day_names
from flask import request
from icalendar import Calendar, Event

from ontology.language import choose
from search.request import ParameterError
from webapp.addresses import published_address
from webapp.interface_language import gettext, interface_language
from webapp.languages import label, reader_languages, served
from webapp.search_labels import competence_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.plan.contents import Contents, Member

__all__ = [
    "CALENDAR_PARAMETERS",
    "MOST_LESSONS",
    "MOST_TIMES",
    "WEEKDAYS",
    "ZONES",
    "Timetable",
    "calendar_request",
    "weekday_name",
    "written_calendar",
]

WEEKDAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
"""Parameters that hold times of lessons on a day of the week, as RFC 5545 writes these days."""

CALENDAR_PARAMETERS: Final = frozenset({"start", "zone", *WEEKDAYS})

ZONES: Final = (
    *("Europe/Tallinn", "Europe/Helsinki", "Europe/Vilnius", "Europe/Oslo", "Asia/Tbilisi"),
    *("Europe/London", "Europe/Rome", "UTC"),
)
"""Time zones that are offered; any other of the IANA database is taken too."""

MOST_LESSONS: Final = 500
"""Lessons of one calendar."""

MOST_TIMES: Final = 8
"""Lessons on one day."""

_FIRST_TIME: Final = dt.time(9)
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")


@dataclass(frozen=True)
class Timetable:
    """When lessons are.

    Attributes:
        start: The first day.
        times: For each day of the week, Monday first, the times at which lessons begin.
        zone: The time zone; None for floating times: the same on the clock wherever the calendar is read.
    """

    start: dt.date
    times: tuple[tuple[dt.time, ...], ...]
    zone: ZoneInfo | None = None

    def lessons(self) -> Iterator[dt.datetime]:
        """Yield the beginnings of lessons from the first day on; ends with the last day that there is."""
        for ordinal in range(self.start.toordinal(), dt.date.max.toordinal()):
            day = dt.date.fromordinal(ordinal)
            for time in self.times[day.weekday()]:
                yield dt.datetime.combine(day, time, self.zone)


def calendar_request() -> Timetable:
    """Return the timetable that this request states; without times, one lesson a week on the first day's at nine.

    Raises:
        ParameterError: A parameter cannot be used.
    """
    text = request.args.get("start", "").strip()
    if not text:
        raise ParameterError("is missing: the first day, as 2027-01-11", field="start")
    try:
        start = dt.date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ParameterError(f"{text[:80]!r} is no day such as 2027-01-11", field="start") from None
    times = [_times(day) for day in WEEKDAYS]
    if not any(times):
        times[start.weekday()] = (_FIRST_TIME,)
    return Timetable(start, tuple(times), _zone())


def weekday_name(day: str) -> str:
    """Return what a day of the week is called in the interface's language."""
    names = get_day_names("wide", locale=interface_language())
    return str(names[WEEKDAYS.index(day)])


def written_calendar(contents: Contents, timetable: Timetable) -> bytes:
    """Return the calendar: an event for every lesson, with an identifier that stays when the plan is exported anew.

    Raises:
        ParameterError: The plan has too many lessons.
    """
    if contents.lessons > MOST_LESSONS:
        raise ParameterError(f"takes {contents.lessons} lessons; a calendar has at most {MOST_LESSONS}", field="s")
    calendar = Calendar.new(
        name=contents.plan.name or gettext("Lesson plan"),
        prodid="-//ihub//plan//EN",
        language=interface_language(),
        uid=_uid(contents.plan.name, "", 0),
    )
    begins, begin = timetable.lessons(), None
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    for member in contents.here:
        for part in range(1, member.lessons + 1):
            begin = next(begins, None)
            if begin is None:
                raise ParameterError("is too late: the calendar ends before the plan", field="start")
            calendar.add_component(_event(contents, member, part, begin, now))
    if timetable.zone and contents.here:
        last = begin.year if begin else timetable.start.year
        # Whole years, so that there is a change of the clock (or the lack of any) to be told.
        calendar.add_missing_timezones(dt.date(timetable.start.year, 1, 1), dt.date(min(last + 1, 9999), 12, 31))
    written: bytes = calendar.to_ical()
    return written


def _event(contents: Contents, member: Member, part: int, begin: dt.datetime, now: dt.datetime) -> Event:
    card = member.card
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    address = published_address(member.iri) or member.iri
    subjects = ", ".join(label(iri)[0] for iri in card["subjects"])
    competences = "\n".join(competence_label(iri) for iri in card["competences"])
    event: Event = Event.new(
        uid=_uid(contents.plan.name, member.iri, part),
        stamp=now,
        start=begin,
        end=_end(begin, contents.plan.goal.lesson_minutes),
        description="\n".join(text for text in (subjects, competences, address) if text),
        url=address,
    )
    summary = title if member.lessons == 1 else f"{title} ({part}/{member.lessons})"
    event.add("summary", summary, parameters={"LANGUAGE": language} if language != "und" else {})
    return event


def _end(begin: dt.datetime, minutes: int) -> dt.datetime:
    try:
        return begin + dt.timedelta(minutes=minutes)
    except OverflowError:
        raise ParameterError("is too late: the calendar ends before the plan", field="start") from None


def _uid(name: str, iri: str, part: int) -> str:
    """Return an identifier that depends on the plan's name and the lesson, not on its time: importing anew moves it."""
    text = "\n".join((name, iri, str(part)))
    host = urlsplit(str(served().release.manifest["base_iri"])).hostname
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@{host}"


def _times(day: str) -> tuple[dt.time, ...]:
    found = set()
    for text in request.args.getlist(day):
        if not text.strip():
            continue
        match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::00)?", text.strip())
        if not match:
            raise ParameterError(f"{text[:80]!r} is no time such as 09:45", field=day)
        found.add(dt.time(int(match[1]), int(match[2])))
    if len(found) > MOST_TIMES:
        raise ParameterError(f"names more than {MOST_TIMES} times", field=day)
    return tuple(sorted(found))


def _zone() -> ZoneInfo | None:
    name = request.args.get("zone", "").strip()
    if not name:
        return None
    try:
        if _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        pass  # the same answer as for what cannot be a name
    raise ParameterError(f"{name[:80]!r} is no time zone such as Europe/Tallinn", field="zone")
