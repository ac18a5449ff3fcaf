"""The demonstration's data: YAML files beside the programs."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

__all__ = ["load"]


def load(name: str) -> Any:
    """Return what the file ``{name}.yaml`` says."""
    return yaml.safe_load(files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
