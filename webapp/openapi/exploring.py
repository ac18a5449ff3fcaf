"""Ways to look over the whole: the coverage table, the charts and the network of entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.monitoring.indicators import BREAKDOWNS, INDICATORS
from search.coverage import AXES, CoverageRequest
from search.request import FILTERS, NUMBERS
from webapp.network import LIMIT, LONGEST, MOST_LIMIT, MOST_OPEN
from webapp.openapi.parts import content, get, path_parameter, query, reference
from webapp.usage.kinds import KINDS
from webapp.usage.reading import PERIODS
from webapp.usage.views import SCENARIOS

if TYPE_CHECKING:
    from webapp.openapi.parts import Json

__all__ = ["EXPLORING_SCHEMAS", "exploring_paths"]

_TEXT: Final[Json] = {"type": "string"}
_NUMBER: Final[Json] = {"type": "integer", "minimum": 0}
_FLAG: Final[Json] = {"type": "boolean"}
_ENTITY: Final[Json] = {"type": "string", "pattern": r"\S", "maxLength": LONGEST}
_IRI: Final[Json] = {"type": "string", "format": "iri"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_VALUE: Final = _object(
    value=_TEXT,
    iri={"type": ["string", "null"]},
    label=_TEXT,
    depth=_NUMBER,
    opens={**_FLAG, "description": "Whether it has narrower values."},
    open={**_FLAG, "description": "Whether these follow it."},
    total={**_NUMBER, "description": "Scenarios with it, whatever they have on the other axis."},
    url={**_TEXT, "description": "The search that gives them."},
)
_AXIS: Final = _object(field={"type": "string", "enum": list(AXES)}, label=_TEXT, values=_list(_VALUE))
_NODE: Final = _object(
    id={**_TEXT, "description": "Type and slug, as `about` and `open` take it."},
    iri=_IRI,
    label=_TEXT,
    language=_TEXT,
    type=_TEXT,
    typeLabel=_TEXT,
    family=_TEXT,
    expanded={**_FLAG, "description": "Whether its own neighbours are here."},
    url={"type": ["string", "null"]},
)
_EDGE: Final = _object(source=_IRI, target=_IRI, property=_IRI, label=_TEXT)
_LEFT_OUT: Final = _object(
    iri=_IRI, property=_IRI, outgoing=_FLAG, count={"type": "integer", "minimum": 1}, url={"type": ["string", "null"]}
)
_OBSERVATION: Final = _object(
    value={"type": ["string", "null"], "description": "An IRI; null for the totals."},
    label=_TEXT,
    month=_TEXT,
    number={"type": ["integer", "null"], "minimum": 0, "description": "Null where it is withheld."},
    withheld=_FLAG,
)
_USED: Final = _object(
    period={**_TEXT, "description": "A day or a month that is over."},
    programs={**_FLAG, "description": "Whether by programs that say they are programs."},
    name={**_TEXT, "description": "What it is told apart by: a format, a protocol, `scenario/...`."},
    label=_TEXT,
    number={
        "type": ["integer", "null"],
        "minimum": 5,
        "description": "Rounded down to a multiple of 5; null under 5.",
    },
    withheld=_FLAG,
)

EXPLORING_SCHEMAS: Final[Json] = {
    "Coverage": _object(
        release=_TEXT,
        address=_TEXT,
        total=_NUMBER,
        rows=_AXIS,
        columns=_AXIS,
        counts={**_list(_list(_NUMBER)), "description": "By row and column: the total of the search for both values."},
    ),
    "Monitoring": _object(
        release=_TEXT,
        indicator={"type": "string", "enum": list(INDICATORS)},
        by={"type": "string", "enum": list(BREAKDOWNS)},
        query={**_TEXT, "description": "The SPARQL query that gives the same."},
        observations=_list(_OBSERVATION),
    ),
    "Usage": _object(
        of={"type": "string", "enum": [*KINDS, *SCENARIOS]},
        per={"type": "string", "enum": list(PERIODS)},
        observations=_list(_USED),
    ),
    "Network": _object(release=_TEXT, about=_IRI, nodes=_list(_NODE), edges=_list(_EDGE), leftOut=_list(_LEFT_OUT)),
}
"""The schemas of what these routes answer."""


def exploring_paths(parameters: Json) -> Json:
    """Return the paths.

    Args:
        parameters: The parameters of the search as components, by name.
    """
    named = [reference("parameters", name) for name in parameters if name in {*FILTERS, *NUMBERS, "suggested", "lang"}]
    axis: Json = {"type": "string", "enum": ["", *AXES]}
    default = CoverageRequest()
    enums = [parameters[name]["schema"]["items"]["enum"] for name in AXES]
    opened: Json = {
        "type": "string",
        "enum": ["", "all", *sorted({value for values in enums for value in values if value})],
    }
    table = [
        query("rows", axis, f"The field on the rows; `{default.rows}` when not given."),
        query(
            "columns",
            axis,
            f"The field on the columns; `{default.columns}`, or else another, when not given or the same.",
        ),
        query("open", _list(opened), "Values whose narrower values are shown too, or `all`."),
        *named,
    ]
    about = query("about", _ENTITY, "An entity: its IRI, the address of its page, `type/slug`, or a slug alone.")
    others = query(
        "open",
        {**_list(_ENTITY), "maxItems": MOST_OPEN},
        f"Up to {MOST_OPEN} further entities whose neighbours are shown.",
    )
    limit: Json = {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT}
    network = [
        {**about, "required": True},
        others,
        query("limit", limit, f"Neighbours of each entity at most; {LIMIT} when not given."),
        reference("parameters", "lang"),
    ]
    language = reference("parameters", "lang")
    name = path_parameter("name", {"type": "string", "minLength": 1}, "A chart that `/charts` shows.", "subjects")
    return {
        "/api/coverage": get(
            "How many scenarios have each pair of values of two fields",
            content(["application/json"], reference("schemas", "Coverage")),
            parameters=table,
            statuses=[304, 400],
            description="A filter on a field that is on an axis leaves only its values there.",
        ),
        "/coverage.csv": get("The same as a table", content(["text/csv"]), parameters=table, statuses=[304, 400]),
        **_monitoring_paths(),
        **_usage_paths(),
        "/api/graph": get(
            "What an entity refers to and what refers to it",
            content(["application/json"], reference("schemas", "Network")),
            parameters=network,
            statuses=[304, 400, 404],
            description="`leftOut` says of which properties there are more neighbours than are shown.",
        ),
        "/charts/{name}.svg": get(
            "A chart of the release", content(["image/svg+xml"]), parameters=[name, language], statuses=[304, 404]
        ),
    }


def _monitoring_paths() -> Json:
    by = ["", *BREAKDOWNS]
    asked = [
        query("indicator", {"type": "string", "enum": ["", *INDICATORS]}, "What is counted; contributions by default."),
        query("by", {"type": "string", "enum": by}, "By what, besides the month. Not every indicator has every one."),
        reference("parameters", "lang"),
    ]
    answer = content(["application/json"], reference("schemas", "Monitoring"))
    return {
        "/api/monitoring": get(
            "Numbers by month",
            answer,
            parameters=asked,
            statuses=[304, 400],
            description="Counts of uses, schools, mentors and relations are rounded down to multiples of 5; "
            "those under 5 are withheld.",
        ),
        "/monitoring.csv": get("The same as a table", content(["text/csv"]), parameters=asked, statuses=[304, 400]),
    }


def _usage_paths() -> Json:
    asked = [
        query("of", {"type": "string", "enum": ["", *KINDS, *SCENARIOS]}, "What is counted; pages by default."),
        query("per", {"type": "string", "enum": ["", *PERIODS]}, "By which period; scenarios are told by month only."),
        reference("parameters", "lang"),
    ]
    answer = content(["application/json"], reference("schemas", "Usage"))
    return {
        "/api/usage": get("How much the site is used", answer, parameters=asked, statuses=[400]),
        "/monitoring/usage.csv": get("The same as a table", content(["text/csv"]), parameters=asked, statuses=[400]),
    }
