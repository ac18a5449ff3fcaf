"""Reading linked data as a client without a network would: with the published context at hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import rdflib

from ontology.load import context

if TYPE_CHECKING:
    from rdflib.term import Node

BASE = "http://127.0.0.1:8000/"
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt", "trig": "trig", "nq": "nquads"}


def triples(data: bytes, suffix: str) -> set[tuple[Node, Node, Node]]:
    """The triples of a document, in whatever graphs."""
    if suffix == "jsonld":
        document = json.loads(data)
        contexts = document["@context"]
        assert f"{BASE}context/v1.jsonld" in (contexts if isinstance(contexts, list) else [contexts])
        rest = contexts[1:] if isinstance(contexts, list) else []
        data = json.dumps({**document, "@context": [dict(context()), *rest]}).encode()
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=data, format=FORMATS[suffix])
    return {triple[:3] for triple in dataset.quads()}
