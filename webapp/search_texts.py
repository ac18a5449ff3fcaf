"""What the search says to people: names of filters, chips and reasons, by the key under which code asks for them."""

from __future__ import annotations

from typing import Final

from webapp.interface_language import gettext, message

__all__ = ["TEXTS", "say"]

TEXTS: Final[dict[str, str]] = {
    # Filters and facets
    "subject": message("Subject"),
    "competence": message("Competence"),
    "level": message("Level"),
    "grade": message("Grade"),
    "age": message("Age"),
    "theme": message("Theme"),
    "language": message("Language of the text"),
    "available": message("Also available in"),
    "devices": message("Devices for pupils"),
    "devices.none": message("Not needed"),
    "devices.needed": message("Needed"),
    "organisation": message("Class organisation"),
    "learning_type": message("Learning type"),
    "co_authorship": message("What pupils do with content"),
    "tool": message("Tool"),
    "tool_not": message("Without"),
    "collection": message("Collection"),
    "kind": message("Kind of data"),
    "licence": message("Licence"),
    "country": message("Country"),
    "hub": message("Hub"),
    "practice": message("Practice"),
    "evidence": message("Evidence"),
    "evidence.any": message("Has evidence"),
    "time": message("Time available"),
    "minutes": message("Time"),
    "minutes_min": message("At least"),
    "minutes_max": message("At most"),
    "suggested": message("With competences that a program suggests"),
    "q": message("the words"),
    # Orders
    "order.relevance": message("Best match"),
    "order.newest": message("Newest"),
    "order.shortest": message("Shortest"),
    "order.title": message("Title"),
    # Chips
    "chip.minutes_max": message("At most %(value)s min"),
    "chip.minutes_min": message("At least %(value)s min"),
    "chip.age": message("Age %(value)s"),
    "chip.tool_not": message("Without: %(value)s"),
    "chip.available": message("Also in: %(value)s"),
    "chip.devices": message("Devices for pupils: %(value)s"),
    # Reasons
    "reason.title": message("Its title is what you typed"),
    "reason.identifier": message("You typed its identifier"),
    "reason.competence": message("Teaches %(value)s"),
    "reason.competence_suggested": message("A program suggests that it teaches %(value)s"),
    "reason.subject": message("About %(value)s"),
    "reason.tool": message("Uses %(value)s"),
    "reason.asked": message("%(text)s, asked as “%(words)s”"),
    "reason.words": message("Has the words: %(value)s"),
    "reason.close": message("Close in meaning"),
    "reason.passage.activity": message("Matching activity"),
    "reason.passage.outcomes": message("Matching learning outcomes"),
    "reason.passage.summary": message("Matching summary"),
    "reason.passage.title": message("Matching title"),
    "reason.minutes": message("Takes %(value)s min"),
    "reason.ages": message("For ages %(value)s"),
    "reason.activity": message("%(text)s (activity %(number)s)"),
}
"""English texts by key; what stands as ``%(name)s`` is filled in."""


def say(key: str, /, **values: object) -> str:
    """Return a text for this reader, with values filled in."""
    return gettext(TEXTS[key], **values)
