"""Tables and a plot of what was measured."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.errors import SettingError
from search.evaluation.measures import RELEVANT, Interval, interval
from search.evaluation.runs import MEASURES, SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from search.engine import SearchEngine
    from search.evaluation.runs import Outcome

__all__ = ["plot", "tables", "write_between"]

_BEGIN: Final = "<!-- measured by ihub evaluate: begin -->"
_END: Final = "<!-- measured by ihub evaluate: end -->"
_COLOURS: Final = ("#8a8f98", "#5b8fc9", "#3a7d5c", "#b5532a")
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 860, 300, 44, 34, 28


def tables(outcomes: Sequence[Outcome], engine: SearchEngine) -> str:
    """Return Markdown tables: of all measures, by language, of paired differences, and by language of documents."""
    known = bool(outcomes[0].task.target)
    parts = [_overall(outcomes, known=known)]
    name = "recall@10" if known else "ndcg@10"
    parts.append(_by_group(outcomes, name, "query", lambda outcome: outcome.task.language))
    if known:
        parts.append(_by_group(outcomes, name, "target", lambda outcome: outcome.task.target))
    else:
        parts.append(_by_document_language(outcomes, engine))
    parts.append(_differences(outcomes, name))
    return "\n".join(parts)


def plot(outcomes: Sequence[Outcome], measure: str) -> str:
    """Return an SVG with a bar for each system in each query language, and its 95 % interval."""
    languages = ["all", *_names(outcomes, lambda outcome: outcome.task.language)]
    step = (_WIDTH - _LEFT) / len(languages)
    bar = step * 0.8 / len(SYSTEMS)
    plain = _HEIGHT - _TOP - _BOTTOM
    body = [
        f'<text x="{_LEFT}" y="14">{escape(measure)} by query language, with 95 % intervals</text>',
        *(
            f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{_y(tick / 4, plain)}" y2="{_y(tick / 4, plain)}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{_y(tick / 4, plain) + 4}" text-anchor="end">{tick / 4}</text>'
            for tick in range(5)
        ),
    ]
    for place, (system, colour) in enumerate(zip(SYSTEMS, _COLOURS, strict=True)):
        x = _LEFT + 350 + 120 * place
        body.append(
            f'<rect x="{x}" y="5" width="10" height="10" fill="{colour}"/><text x="{x + 14}" y="14">{system}</text>'
        )
        for number, language in enumerate(languages):
            found = _interval(outcomes, system, measure, language)
            left = _LEFT + number * step + step * 0.1 + place * bar
            body.append(_bar(left, bar, found, colour, plain))
    for number, language in enumerate(languages):
        body.append(
            f'<text x="{_LEFT + (number + 0.5) * step:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{language}</text>'
        )
    style = "font-family:sans-serif;font-size:12px;fill:#333"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" style="{style}" role="img">'
    back = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    return "\n".join([head, f"<title>{escape(measure)}</title>", back, *body, "</svg>\n"])


def write_between(path: Path, text: str) -> None:
    """Replace what stands between the marks of a page by ``text``.

    Raises:
        SettingError: The page has no such marks.
    """
    page = path.read_text(encoding="utf-8")
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise SettingError(f"{path} lacks the marks {_BEGIN} and {_END}", field="--write")
    path.write_text(f"{before}{_BEGIN}\n\n{text}\n{_END}{after}", encoding="utf-8")


def _overall(outcomes: Sequence[Outcome], *, known: bool) -> str:
    names = MEASURES[:4] if known else MEASURES
    lines = [f"| system | half | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for system in SYSTEMS:
        for half, development in (("development", True), ("test", False)):
            own = [o.values for o in outcomes if o.system == system and o.task.development == development]
            means = np.mean(own, axis=0) if own else np.zeros(len(MEASURES))
            cells = " | ".join(f"{mean:.3f}" for mean in means[: len(names)])
            lines.append(f"| {system} | {half} ({len(own)}) | {cells} |")
    return "\n".join(lines) + "\n"


def _by_group(outcomes: Sequence[Outcome], measure: str, what: str, group: Callable[[Outcome], str]) -> str:
    lines = [f"{measure} by language of the {what}, both halves, with 95 % intervals:", ""]
    lines += [f"| {what} | queries | {' | '.join(SYSTEMS)} |", "|---" * (len(SYSTEMS) + 2) + "|"]
    place = MEASURES.index(measure)
    for name in _names(outcomes, group):
        own = [outcome for outcome in outcomes if group(outcome) == name]
        cells = []
        for system in SYSTEMS:
            found = interval(np.array([outcome.values[place] for outcome in own if outcome.system == system]))
            cells.append(f"{found.mean:.2f} ({found.low:.2f}-{found.high:.2f})")
        lines.append(f"| {name} | {len(own) // len(SYSTEMS)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _differences(outcomes: Sequence[Outcome], measure: str) -> str:
    place = MEASURES.index(measure)
    lines = [f"Differences in {measure}, paired, test half only, with 95 % intervals:", ""]
    pairs = (("hybrid", "lexical"), ("hybrid", "dense"), ("hybrid+graph", "hybrid"), ("hybrid+graph", "dense"))
    lines += [f"| language | {' | '.join(f'{a} - {b}' for a, b in pairs)} |", "|---" * (len(pairs) + 1) + "|"]
    test = [outcome for outcome in outcomes if not outcome.task.development]
    for language in ("all", *_names(test, lambda outcome: outcome.task.language)):
        of: dict[str, list[float]] = {system: [] for system in SYSTEMS}
        for outcome in test:
            if language in ("all", outcome.task.language):
                of[outcome.system].append(outcome.values[place])
        found = [interval(np.array(of[a]) - np.array(of[b])) for a, b in pairs]
        lines.append(f"| {language} | {' | '.join(f'{f.mean:+.2f} ({f.low:+.2f} to {f.high:+.2f})' for f in found)} |")
    return "\n".join(lines) + "\n"


def _by_document_language(outcomes: Sequence[Outcome], engine: SearchEngine) -> str:
    """Tabulate recall@50 of the relevant works that are written in each language, for the whole system."""
    best = [outcome for outcome in outcomes if outcome.system == list(SYSTEMS)[-1]]
    written: dict[int, str] = {}
    for outcome in best:
        for work in outcome.task.grades:
            written[work] = engine.cards[engine.members(work)[0]]["language"]
    languages = sorted(set(written.values()))
    lines = ["Recall@50 by hybrid+graph of relevant scenarios, by language of query and of scenario:", ""]
    lines += [f"| query | {' | '.join(languages)} |", "|---" * (len(languages) + 1) + "|"]
    for asked in _names(best, lambda outcome: outcome.task.language):
        cells = []
        for language in languages:
            hits = [
                work in outcome.first
                for outcome in best
                if outcome.task.language == asked
                for work, grade in outcome.task.grades.items()
                if grade >= RELEVANT and written[work] == language
            ]
            cells.append(f"{np.mean(hits):.2f} of {len(hits)}" if hits else "-")
        lines.append(f"| {asked} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _interval(outcomes: Sequence[Outcome], system: str, measure: str, language: str) -> Interval:
    place = MEASURES.index(measure)
    own = [o.values[place] for o in outcomes if o.system == system and language in ("all", o.task.language)]
    return interval(np.array(own))


def _names(outcomes: Sequence[Outcome], group: Callable[[Outcome], str]) -> list[str]:
    return sorted({group(outcome) for outcome in outcomes})


def _bar(left: float, width: float, found: Interval, colour: str, plain: float) -> str:
    top, bottom, middle = _y(found.mean, plain), _y(0, plain), left + width / 2
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width * 0.9:.1f}" height="{bottom - top:.1f}" fill="{colour}"/>'
        f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{_y(found.low, plain):.1f}" y2="{_y(found.high, plain):.1f}" '
        'stroke="#222"/>'
    )


def _y(value: float, plain: float) -> float:
    return _TOP + plain * (1 - value)
