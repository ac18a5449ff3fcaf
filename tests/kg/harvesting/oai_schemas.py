"""The XML schemas of OAI-PMH, put together so that an answer is validated with its metadata, strictly and offline."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

RDF_SCHEMA = Path(__file__).parents[3] / "webapp" / "static" / "rdf.xsd"
XML_NAMESPACE_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang" type="xs:language"/><xs:attribute name="space" type="xs:NCName"/>
  <xs:attribute name="base" type="xs:anyURI"/></xs:schema>"""


class _Offline(etree.Resolver):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def resolve(self, system_url, public_id, context):  # type: ignore[no-untyped-def]  # noqa: ARG002
        name = system_url.rsplit("/", 1)[-1]
        if name == "xml.xsd":
            return self.resolve_string(XML_NAMESPACE_SCHEMA, context)
        path = self._folder / name
        return self.resolve_filename(str(path), context) if path.is_file() else None


def answer_schema(folder: Path, more: dict[str, Path] | None = None) -> etree.XMLSchema:
    """The schema of whole answers; ``more`` gives the schemas of further metadata formats by namespace."""
    oai = "http://www.openarchives.org/OAI/2.0/"
    files = {
        oai: folder / "OAI-PMH.xsd",
        f"{oai}oai_dc/": folder / "oai_dc.xsd",
        f"{oai}oai-identifier": folder / "oai-identifier.xsd",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#": RDF_SCHEMA,
        **(more or {}),
    }
    imports = "".join(f'<xs:import namespace="{n}" schemaLocation="{path.as_uri()}"/>' for n, path in files.items())
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline(folder))
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text, parser))
