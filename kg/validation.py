"""SHACL validation of candidates, batch by batch, with findings kept from build to build for what has not changed."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections import ChainMap, defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
import rdflib

from kg.terms import iri_of
from ontology.language import choose
from ontology.load import shape_files, shapes_graph
from ontology.namespaces import IHUB, PREFIXES, SCHEMA
from ontology.validate import Finding, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
    from concurrent.futures import Executor

    from kg.cache import ByteCache
    from kg.candidates import Candidate

__all__ = ["BATCH", "Validator", "field_of", "first_violation", "text_of"]

BATCH: Final = 250
"""Documents in one batch: enough to share the set-up, few enough for bounded memory and a moving progress bar."""

_CONTEXT_PREDICATES: Final = frozenset(
    ox.NamedNode(iri) for iri in (PREFIXES["rdf"] + "type", SCHEMA + "license", IHUB + "dataKind")
)
"""What a document's shapes may ask of the entities that it refers to."""


class Validator:
    """Validates candidates against the shapes.

    Args:
        id_base: Base of this deployment's entities.
        surroundings: Quads of entities that candidates refer to (vocabularies and other candidates).
        cache: Where findings are kept between builds.
        executor: Runs batches side by side; None runs them in this process.
    """

    def __init__(
        self,
        id_base: str,
        surroundings: Sequence[ox.Quad],
        cache: ByteCache | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._id_base = id_base
        self._cache = cache
        self._executor = executor
        self._shapes_digest = _digest(*(path.read_bytes() for path in shape_files()), id_base.encode())
        self._context: MutableMapping[str, list[str]] = _by_subject(_context_triples(surroundings))

    @staticmethod
    def context_lines(quads: Iterable[ox.Quad]) -> str:
        """Return as N-Triples what the shapes may ask of the entities that ``quads`` describe when others name them."""
        return "".join(line for _, line in _context_triples(quads))

    def with_context(self, lines: Iterable[str]) -> Validator:
        """Return a validator that also knows what :meth:`context_lines` said of other entities."""
        other = copy.copy(self)
        added = _by_subject((line.split(" ", 1)[0][1:-1], line) for line in lines)
        other._context = ChainMap(added, self._context)
        return other

    def validate(
        self, candidates: Mapping[str, Candidate], progress: Callable[[int], None] = lambda _: None
    ) -> dict[str, list[Finding]]:
        """Return the findings for each candidate's IRI; those without any are left out.

        Args:
            candidates: Candidates by IRI.
            progress: Called with the number of documents done since the last call.
        """
        inputs = {iri: self._input(candidate) for iri, candidate in candidates.items()}
        keys = {iri: _digest(self._shapes_digest, text.encode()) for iri, text in inputs.items()}
        known = self._cache.get_many(keys.values()) if self._cache else {}
        findings = {iri: _load(known[key]) for iri, key in keys.items() if key in known}
        progress(len(findings))
        todo = [(iri, inputs[iri]) for iri in candidates if iri not in findings]
        batches = [dict(todo[start : start + BATCH]) for start in range(0, len(todo), BATCH)]
        mapped = (self._executor.map if self._executor else map)(
            _validate_batch, batches, [self._id_base] * len(batches)
        )
        for batch, result in zip(batches, mapped, strict=True):
            findings.update(result)
            if self._cache:
                self._cache.put_many({keys[iri]: _dump(result[iri]) for iri in batch})
            progress(len(batch))
        return {iri: found for iri, found in findings.items() if found}

    def _input(self, candidate: Candidate) -> str:
        """The N-Triples on which a document's validity depends: its own, and what its shapes may ask of others."""
        own = sorted(f"{quad.triple} .\n" for quad in candidate.quads)
        others = sorted(line for iri in candidate.references(self._id_base) for line in self._context.get(iri, ()))
        return "".join(dict.fromkeys([*own, *others]))


def first_violation(findings: Sequence[Finding]) -> Finding | None:
    """Return the first finding that keeps a document out, or None."""
    return next((finding for finding in findings if finding.severity == "Violation"), None)


def field_of(finding: Finding) -> str | None:
    """Return the field at fault as people know it: the part of the document, if any, and the property's name."""
    part = finding.focus.partition("#")[2]
    name = re.split(r"[/#]", finding.path)[-1] if finding.path else ""
    return ".".join(text for text in (part, name) if text) or None


def text_of(finding: Finding) -> str:
    """Return the English message, with the value at fault where there is one."""
    text, _ = choose(finding.message, ("en",)) or ("is not valid", "en")
    return f"{text} (found: {_clipped(finding.value)})" if finding.value else text


def _clipped(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 80 else line[:79] + "…"


def _context_triples(quads: Iterable[ox.Quad]) -> Iterator[tuple[str, str]]:
    return ((iri_of(quad.subject), f"{quad.triple} .\n") for quad in quads if quad.predicate in _CONTEXT_PREDICATES)


def _by_subject(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for subject, line in lines:
        found[subject].append(line)
    return dict(found)


def _validate_batch(batch: dict[str, str], id_base: str) -> dict[str, list[Finding]]:
    """Validate N-Triples by document IRI together; runs in a worker process."""
    data = rdflib.Graph()
    data.parse(data="".join(batch.values()), format="nt")
    findings: dict[str, list[Finding]] = {iri: [] for iri in batch}
    for finding in validate(data, shapes_graph(id_base)):
        document = finding.focus.split("#")[0]
        # Entities that are there only because others refer to them are judged in their own batch.
        if document in findings:
            findings[document].append(finding)
    return findings


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()


def _dump(findings: list[Finding]) -> bytes:
    return json.dumps([asdict(finding) for finding in findings]).encode()


def _load(data: bytes) -> list[Finding]:
    return [Finding(**values) for values in json.loads(data)]
