"""The catalogue: collections as data sets, dumps as distributions, endpoints as data services (DCAT 3, DCAT-AP 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from kg.harvesting.dump_formats import DUMP_FORMATS
from kg.harvesting.triples import Description, Iri
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.release import Release

__all__ = ["SERVICES", "WHOLE_DATASET", "Service", "catalogue", "collections_of"]

WHOLE_DATASET: Final = "catalog#all"
"""The IRI of all collections together, below the base IRI."""

_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
_LANGUAGES: Final = {
    "en": "ENG",
    "et": "EST",
    "fi": "FIN",
    "lt": "LIT",
    "nb": "NOB",
    "ka": "KAT",
    "de": "DEU",
    "nn": "NNO",
}
_LANGUAGES_MORE: Final = {"sv": "SWE", "ru": "RUS", "lv": "LAV", "fr": "FRA", "es": "SPA", "it": "ITA", "pt": "POR"}


class Service(NamedTuple):
    """One way to the data.

    Attributes:
        name: Its name in the catalogue.
        path: Its path below the base IRI.
        title: What people call it.
        purpose: What it is for.
        specification: The address of the specification that it follows.
        description: The path of its own description, where it has one.
    """

    name: str
    path: str
    title: str
    purpose: str
    specification: str
    description: str | None = None


SERVICES: Final = (
    Service(
        "sparql",
        "sparql",
        "SPARQL endpoint",
        "Queries over all statements of the current release.",
        "https://www.w3.org/TR/sparql11-protocol/",
        "sparql",
    ),
    Service(
        "oai",
        "oai",
        "OAI-PMH repository",
        "Records of all scenarios for harvesters, with sets and deletions.",
        "http://www.openarchives.org/OAI/openarchivesprotocol.html",
        "oai?verb=Identify",
    ),
    Service(
        "feed",
        "feed",
        "Event stream",
        "Every creation, change and withdrawal of every entity, in order.",
        "https://w3id.org/ldes/specification",
        "feed",
    ),
    Service(
        "search",
        "api/search",
        "Search API",
        "Search by meaning, words and facets, as JSON.",
        "https://www.rfc-editor.org/rfc/rfc8259",
    ),
    Service(
        "atom",
        "atom",
        "Atom feed",
        "New and changed scenarios, by the same filters as the search.",
        "https://www.rfc-editor.org/rfc/rfc4287",
    ),
)
"""The endpoints that the catalogue lists."""


def collections_of(release: Release) -> list[str]:
    """Return the IRIs of the release's collections, sorted."""
    return release.graph.instances(IHUB + "Collection")


def catalogue(release: Release, contact: str) -> Description:
    """Return the catalogue of ``release``.

    Args:
        release: The release.
        contact: The e-mail address of whoever runs the site.
    """
    return _Catalogue(release, contact).described()


class _Catalogue:
    """Writes the catalogue of one release."""

    def __init__(self, release: Release, contact: str) -> None:
        self._release = release
        self._base = str(release.manifest["base_iri"])
        self._contact = contact
        self._out = Description()
        self._iri = f"{self._base}catalog"
        parts = release.manifest["parts"]
        self._files: Sequence[dict[str, Any]] = parts.get("dumps", {}).get("files", ())

    def described(self) -> Description:
        """Return everything."""
        collections = collections_of(self._release)
        whole = f"{self._base}{WHOLE_DATASET}"
        self._catalogue([whole, *collections])
        self._dataset(whole, None)
        self._out.texts(whole, "dcterms:title", {"en": "All collections of this repository"})
        text = "Every statement of the current release: scenarios, competences, schools, practices, hubs and evidence."
        self._out.texts(whole, "dcterms:description", {"en": text})
        self._out.add(whole, "dcterms:publisher", Iri(f"{self._iri}#publisher"))
        self._out.add(whole, "dcterms:hasPart", *map(Iri, collections))
        for iri in collections:
            self._collection(iri)
        for service in SERVICES:
            self._service(service, [whole, *collections])
        return self._out

    def _catalogue(self, datasets: Sequence[str]) -> None:
        out, name = self._out, Description.name
        out.add(self._iri, "rdf:type", name("dcat:Catalog"))
        out.texts(self._iri, "dcterms:title", {"en": "ihub learning scenarios"})
        text = "Collections of classroom learning scenarios as linked data, and the ways to take them."
        out.texts(self._iri, "dcterms:description", {"en": text})
        out.add(self._iri, "dcterms:publisher", Iri(f"{self._iri}#publisher"))
        out.add(f"{self._iri}#publisher", "rdf:type", name("foaf:Agent"))
        out.add(f"{self._iri}#publisher", "foaf:name", urlsplit(self._base).netloc)
        out.add(f"{self._iri}#contact", "rdf:type", name("vcard:Kind"), name("vcard:Organization"))
        out.add(f"{self._iri}#contact", "vcard:fn", urlsplit(self._base).netloc)
        out.add(f"{self._iri}#contact", "vcard:hasEmail", Iri(f"mailto:{self._contact}"))
        out.add(self._iri, "foaf:homepage", Iri(self._base))
        out.add(self._base, "rdf:type", name("foaf:Document"))
        out.add(self._iri, "dcat:themeTaxonomy", self._concept_scheme())
        history = self._release.history
        edition = history.edition()
        out.add(self._iri, "dcterms:issued", history.beginning())
        out.add(self._iri, "dcterms:modified", edition.time if edition else None)
        out.add(self._iri, "dcat:dataset", *map(Iri, datasets))
        out.add(self._iri, "dcat:service", *(Iri(self._service_iri(service)) for service in SERVICES))

    def _concept_scheme(self) -> Iri:
        scheme = Iri(f"{_AUTHORITY}data-theme")
        self._out.add(scheme, "rdf:type", Description.name("skos:ConceptScheme"))
        self._out.texts(scheme, "dcterms:title", {"en": "Data theme"})
        return scheme

    def _dataset(self, iri: str, slug: str | None) -> None:
        """Describe what all data sets have in common, and their distributions."""
        out, name = self._out, Description.name
        out.add(iri, "rdf:type", name("dcat:Dataset"))
        out.add(iri, "dcat:contactPoint", Iri(f"{self._iri}#contact"))
        out.add(iri, "dcat:version", self._release.id)
        theme = Iri(f"{_AUTHORITY}data-theme/EDUC")
        out.add(iri, "dcat:theme", theme)
        out.add(theme, "rdf:type", name("skos:Concept"))
        out.texts(theme, "skos:prefLabel", {"en": "Education, culture and sport"})
        out.add(theme, "skos:inScheme", Iri(f"{_AUTHORITY}data-theme"))
        access = Iri(f"{_AUTHORITY}access-right/PUBLIC")
        out.add(iri, "dcterms:accessRights", access)
        out.add(access, "rdf:type", name("dcterms:RightsStatement"))
        for entry in self._files:
            if entry["collection"] == slug:
                self._distribution(iri, entry)

    def _collection(self, iri: str) -> None:
        graph, out = self._release.graph, self._out
        self._dataset(iri, iri.rsplit("/", 1)[-1])
        names = graph.labels(iri)
        out.texts(iri, "dcterms:title", names)
        out.texts(iri, "dcterms:description", graph.texts(iri, SCHEMA + "description") or names)
        for licence in graph.iris(iri, SCHEMA + "license"):
            out.add(iri, "dcterms:license", Iri(licence))
            out.add(licence, "rdf:type", Description.name("dcterms:LicenseDocument"))
        publishers = graph.iris(iri, SCHEMA + "publisher")
        for publisher in publishers[:1]:
            out.add(iri, "dcterms:publisher", Iri(publisher))
            out.add(publisher, "rdf:type", Description.name("foaf:Agent"))
            out.texts(publisher, "foaf:name", graph.labels(publisher))
        if not publishers:  # what the deployment itself makes: vocabularies, inferred statements, imports without one
            out.add(iri, "dcterms:publisher", Iri(f"{self._iri}#publisher"))
        for tag in (text.value for text in graph.literals(iri, SCHEMA + "inLanguage")):
            self._language(iri, tag)
        kind = graph.iri(iri, IHUB + "dataKind")
        if kind:
            out.add(iri, "dcterms:type", Iri(kind))
            out.texts(iri, "dcat:keyword", graph.labels(kind))
            out.add(kind, "rdf:type", Description.name("skos:Concept"))
            out.texts(kind, "skos:prefLabel", graph.labels(kind))
        for source in graph.iris(iri, PREFIXES["dcterms"] + "source"):
            out.add(iri, "prov:wasDerivedFrom", Iri(source))  # dcterms:source is for data sets in DCAT-AP
        out.add(iri, "dcat:landingPage", page := Iri(iri.replace("/id/", "/doc/", 1)))
        out.add(page, "rdf:type", Description.name("foaf:Document"))
        history = self._release.history.entity(iri)
        out.add(iri, "dcterms:issued", history.created if history else None)

    def _language(self, iri: str, tag: str) -> None:
        code = {**_LANGUAGES, **_LANGUAGES_MORE}.get(tag.lower().split("-")[0])
        if code:
            language = Iri(f"{_AUTHORITY}language/{code}")
            self._out.add(iri, "dcterms:language", language)
            self._out.add(language, "rdf:type", Description.name("dcterms:LinguisticSystem"))

    def _distribution(self, dataset: str, entry: dict[str, Any]) -> None:
        out, name = self._out, Description.name
        form = DUMP_FORMATS[entry["format"]]
        iri = f"{self._iri}#{entry['name']}"
        address = Iri(f"{self._base}dumps/{self._release.id}/{entry['name']}")
        out.add(dataset, "dcat:distribution", Iri(iri))
        out.add(iri, "rdf:type", name("dcat:Distribution"))
        out.texts(iri, "dcterms:title", {"en": f"{form.label}: {form.holds}"})
        out.texts(iri, "dcterms:description", {"en": f"{form.label}, {form.holds}; release {self._release.id}."})
        out.add(iri, "dcat:accessURL", address)
        out.add(iri, "dcat:downloadURL", address)
        out.add(address, "rdf:type", name("rdfs:Resource"))
        out.add(iri, "dcat:mediaType", self._media_type(form.media_type))
        if form.packed:
            out.add(iri, "dcat:compressFormat", self._media_type(form.packed))
        # The EU's table of file types has no JSON lines and no Parquet; theirs is the registered media type.
        file_type = Iri(f"{_AUTHORITY}file-type/{form.file_type}" if form.file_type else _IANA + form.media_type)
        out.add(iri, "dcterms:format", file_type)
        out.add(file_type, "rdf:type", name("dcterms:MediaTypeOrExtent"))
        out.add(iri, "dcatap:availability", stable := Iri(f"{_AUTHORITY}planned-availability/STABLE"))
        out.add(stable, "rdf:type", name("skos:Concept"))
        out.texts(stable, "skos:prefLabel", {"en": "stable"})
        for licence in self._licences(entry["collection"]):
            out.add(iri, "dcterms:license", Iri(licence))
            out.add(licence, "rdf:type", name("dcterms:LicenseDocument"))
        out.add(iri, "dcat:byteSize", (str(entry["bytes"]), "xsd:nonNegativeInteger"))
        checksum = f"{iri}-checksum"
        out.add(iri, "spdx:checksum", Iri(checksum))
        out.add(checksum, "rdf:type", name("spdx:Checksum"))
        out.add(checksum, "spdx:algorithm", name("spdx:checksumAlgorithm_sha256"))
        out.add(name("spdx:checksumAlgorithm_sha256"), "rdf:type", name("spdx:ChecksumAlgorithm"))
        out.add(checksum, "spdx:checksumValue", (entry["sha256"], "xsd:hexBinary"))

    def _licences(self, slug: str | None) -> list[str]:
        """Return the licences that a collection states, or those of all; scenarios name their own besides."""
        wanted = [iri for iri in collections_of(self._release) if slug is None or iri.endswith(f"/{slug}")]
        return sorted({licence for iri in wanted for licence in self._release.graph.iris(iri, SCHEMA + "license")})

    def _media_type(self, media_type: str) -> Iri:
        iri = Iri(_IANA + media_type)
        self._out.add(iri, "rdf:type", Description.name("dcterms:MediaType"))
        return iri

    def _service_iri(self, service: Service) -> str:
        return f"{self._iri}#{service.name}"

    def _service(self, service: Service, datasets: Sequence[str]) -> None:
        out, name, iri = self._out, Description.name, self._service_iri(service)
        out.add(iri, "rdf:type", name("dcat:DataService"))
        out.texts(iri, "dcterms:title", {"en": service.title})
        out.texts(iri, "dcterms:description", {"en": service.purpose})
        out.add(iri, "dcat:endpointURL", endpoint := Iri(self._base + service.path))
        out.add(endpoint, "rdf:type", name("rdfs:Resource"))
        if service.description:
            out.add(iri, "dcat:endpointDescription", Iri(self._base + service.description))
        out.texts(iri, "dcat:keyword", {"en": service.title})
        out.add(iri, "dcat:theme", Iri(f"{_AUTHORITY}data-theme/EDUC"))
        out.add(iri, "dcterms:conformsTo", standard := Iri(service.specification))
        out.add(standard, "rdf:type", name("dcterms:Standard"))
        out.add(iri, "dcat:contactPoint", Iri(f"{self._iri}#contact"))
        out.add(iri, "dcat:servesDataset", *map(Iri, datasets))
        out.add(iri, "dcterms:publisher", Iri(f"{self._iri}#publisher"))
        access = Iri(f"{_AUTHORITY}access-right/PUBLIC")
        out.add(iri, "dcterms:accessRights", access)
