"""The page on which a hub's team sees how often the hub's scenarios are looked at and taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from webapp.interface_language import gettext
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.state import blueprint, id_base
from webapp.usage.kinds import ITEM_KINDS
from webapp.usage.reading import hub_usage
from webapp.usage.views import scenario_rows

if TYPE_CHECKING:
    from typing import Any

__all__ = ["read"]

_MONTHS = 12


@blueprint.get("/hub/<hub>/usage")
def read(hub: str) -> str:
    """Show the views and downloads of a hub's scenarios by month."""
    place = hub_or_404(hub)
    iri = f"{id_base()}{place.identifier}"
    tables = [_table(iri, kind, gettext(title)) for kind, title in ITEM_KINDS.items()]
    return render_template("taking_part/hub_usage.html", hub=place, tables=tables)


def _table(iri: str, kind: str, title: str) -> dict[str, Any]:
    found = hub_usage(iri, kind)
    periods = found.periods[-_MONTHS:]
    return {"title": title, "periods": periods, "rows": scenario_rows(found, periods)}
