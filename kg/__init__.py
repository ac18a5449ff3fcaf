"""From collections of documents to validated, immutable releases, and SPARQL over a release."""
