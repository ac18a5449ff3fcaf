"""The check of the model as a whole: reasoning, terms, labels, shapes, questions (``ihub ontology check``)."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef

from ontology.entity_types import ENTITY_TYPES
from ontology.load import context, ontology_files, release_shapes_graph, shapes_graph, vocabulary_files
from ontology.namespaces import IHUB
from ontology.questions import questions
from ontology.reasoner import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from rdflib.term import Node

__all__ = ["LANGUAGES", "CheckReport", "check", "check_model"]

LANGUAGES: Final = ("en", "et", "fi", "lt", "nb", "ka")
"""The languages in which every term has a label and every shape a message."""

_KINDS: Final = {
    OWL.Class: "class",
    OWL.ObjectProperty: "property",
    OWL.DatatypeProperty: "property",
    OWL.AnnotationProperty: "property",
    OWL.NamedIndividual: "individual",
}
_CURIE: Final = re.compile(r"\bihub:([A-Za-z][\w-]*)")


@dataclass(frozen=True)
class CheckReport:
    """What the check found.

    Attributes:
        problems: One sentence each; empty if the model is sound.
        counts: How many terms of each kind, shapes and questions were looked at.
        seconds: How long each part took, by its name.
    """

    problems: tuple[str, ...]
    counts: Mapping[str, int]
    seconds: Mapping[str, float]


def check(base_iri: str) -> CheckReport:
    """Check the model that this installation ships.

    Args:
        base_iri: Base of the deployment's entities (``{base}id/``).
    """
    ontology = Graph()
    for path in ontology_files():
        ontology.parse(path, format="turtle")
    shapes = shapes_graph(base_iri) + release_shapes_graph()
    return check_model(ontology, shapes, _mentions())


def check_model(
    ontology: Graph, shapes: Graph, mentions: Mapping[str, str] | None = None, parts: Collection[str] | None = None
) -> CheckReport:
    """Check an ontology and its shapes.

    Args:
        ontology: All axioms.
        shapes: All shapes.
        mentions: Texts outside both that use terms of ours as ``ihub:term``, by the name of the file they are in.
        parts: Which parts of the check to run: ``terms``, ``mentions``, ``shapes``, ``shacl-shacl``, ``reasoner``;
            None for all.
    """
    terms = _terms(ontology)
    checks: dict[str, Callable[[], list[str]]] = {
        "terms": lambda: [*_unlabelled(ontology, terms), *_two_kinds(ontology)],
        "mentions": lambda: list(_undefined(terms, shapes, mentions or {})),
        "shapes": lambda: [*_shapeless(ontology, shapes, terms), *_unspoken(shapes)],
        "shacl-shacl": lambda: list(_ill_formed(shapes)),
        "reasoner": lambda: list(_illogical(ontology)),
    }
    wanted = [name for name in checks if parts is None or name in parts]
    with ThreadPoolExecutor() as pool:  # the reasoner is a process of its own, so the rest gains by not waiting for it
        results = dict(zip(wanted, pool.map(_timed, [checks[name] for name in wanted]), strict=True))
    problems = tuple(problem for found, _ in results.values() for problem in found)
    seconds = {name: duration for name, (_, duration) in results.items()}
    counts = {kind: sum(found == kind for found in terms.values()) for kind in ("class", "property", "individual")}
    counts["shape"] = len(set(shapes.subjects(SH.message)))
    counts["question"] = len(questions())
    return CheckReport(problems, counts, seconds)


def _timed(part: Callable[[], list[str]]) -> tuple[list[str], float]:
    start = time.perf_counter()
    return part(), time.perf_counter() - start


def _terms(ontology: Graph) -> dict[URIRef, str]:
    """Return our terms with their kinds."""
    return {
        subject: kind
        for type_, kind in _KINDS.items()
        for subject in ontology.subjects(RDF.type, type_)
        if isinstance(subject, URIRef) and subject.startswith(IHUB)
    }


def _unlabelled(ontology: Graph, terms: Mapping[URIRef, str]) -> Iterator[str]:
    for term in sorted(terms):
        name = "ihub:" + term.removeprefix(IHUB)
        labels = {label.language for label in ontology.objects(term, RDFS.label) if isinstance(label, Literal)}
        if missing := [language for language in LANGUAGES if language not in labels]:
            yield f"{name} has no label in {', '.join(missing)}."
        for predicate, what in ((SKOS.definition, "definition"), (SKOS.example, "example")):
            found = ontology.objects(term, predicate)
            if not any(isinstance(text, Literal) and text.language == "en" for text in found):
                yield f"{name} has no {what} in English."
        if (term, DCTERMS.source, None) not in ontology:
            yield f"{name} does not name the source that it follows (dcterms:source)."
        if (term, RDFS.isDefinedBy, None) not in ontology:
            yield f"{name} does not say that this ontology defines it (rdfs:isDefinedBy)."


def _two_kinds(ontology: Graph) -> Iterator[str]:
    """OWL 2 DL lets no IRI be two kinds of property (Structural Specification, section 5.8.1)."""
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    for property_ in sorted({s for kind in kinds for s in ontology.subjects(RDF.type, kind)}, key=str):
        if sum((property_, RDF.type, kind) in ontology for kind in kinds) > 1:
            yield f"<{property_}> is declared as more than one kind of property."


def _mentions() -> dict[str, str]:
    """Return the texts that use our terms outside the ontology and the shapes."""
    texts = {f"questions/{question.name}.rq": question.query for question in questions()}
    texts["context.jsonld"] = " ".join(
        str(term["@id"] if isinstance(term, dict) else term) for term in context().values()
    )
    texts["entity_types.py"] = " ".join(kind.class_iri.replace(IHUB, "ihub:") for kind in ENTITY_TYPES.values())
    texts |= {f"vocab/{path.name}": path.read_text(encoding="utf-8") for path in vocabulary_files()}
    return texts


def _used(graph: Graph) -> str:
    names = {str(node) for triple in graph for node in triple}
    return " ".join("ihub:" + name.removeprefix(IHUB) for name in names if name.startswith(IHUB))


def _undefined(terms: Mapping[URIRef, str], shapes: Graph, mentions: Mapping[str, str]) -> Iterator[str]:
    queries = " ".join(str(query) for query in shapes.objects(None, SH.select))
    for file, text in {"shapes/": _used(shapes) + " " + queries, **mentions}.items():
        for name in sorted({name for name in _CURIE.findall(text) if URIRef(IHUB + name) not in terms}):
            yield f"{file} uses ihub:{name}, which the ontology does not define."


def _shapeless(ontology: Graph, shapes: Graph, terms: Mapping[URIRef, str]) -> Iterator[str]:
    """Yield classes that no shape is for; one whose members the ontology itself lists needs none."""
    for class_ in sorted(term for term, kind in terms.items() if kind == "class"):
        members = ontology.subjects(RDF.type, class_)
        listed = any((member, RDF.type, OWL.NamedIndividual) in ontology for member in members)
        if not listed and (None, SH.targetClass, class_) not in shapes:
            yield f"No shape is for ihub:{class_.removeprefix(IHUB)}."


def _unspoken(shapes: Graph) -> Iterator[str]:
    """Yield shapes whose message is missing in a language that other messages have."""
    for shape in sorted(set(shapes.subjects(SH.message)), key=str):
        languages = {text.language for text in shapes.objects(shape, SH.message) if isinstance(text, Literal)}
        if missing := [language for language in LANGUAGES if language not in languages]:
            yield f"<{shape}> has no message in {', '.join(missing)}."


def _ill_formed(shapes: Graph) -> Iterator[str]:
    """Yield the complaint of the shapes of shapes (SHACL, appendix C)."""
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError

    try:
        pyshacl.validate(Graph(), shacl_graph=_one_of_each_form(shapes), meta_shacl=True, inference="none")
    except ReportableRuntimeError as error:
        yield f"The shapes are not well formed: {' '.join(str(error).split())}"


def _one_of_each_form(shapes: Graph) -> Graph:
    """Return the shapes without messages, and of property shapes of equal form only one, which stands for all.

    Whether a shape is well formed does not depend on which property or class it names. Most of ours are alike in all
    but that, and judging every one takes pyshacl more than twice as long.
    """
    first_of_form: dict[frozenset[object], Node] = {}
    stands_for: dict[Node, Node] = {}
    for shape in sorted(shapes.subjects(RDF.type, SH.PropertyShape), key=str):
        form = frozenset(
            (predicate, isinstance(value, URIRef) if predicate in (SH.path, SH["class"], SH.targetNode) else value)
            for predicate, value in shapes.predicate_objects(shape)
            if predicate != SH.message
        )
        stands_for[shape] = first_of_form.setdefault(form, shape)
    reduced = Graph()
    reduced += (
        (stands_for.get(s, s), p, stands_for.get(o, o))
        for s, p, o in shapes
        if p != SH.message and stands_for.get(s, s) == s
    )
    return reduced


def _illogical(ontology: Graph) -> Iterator[str]:
    verdict = reason(ontology)
    if not verdict.consistent:
        yield "The ontology contradicts itself: HermiT finds no model."
    for class_ in verdict.unsatisfiable:
        yield f"<{class_}> can have no member."
