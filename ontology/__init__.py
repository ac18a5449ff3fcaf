"""The model of ihub: ontology, shapes, vocabularies, JSON-LD context and competency questions."""
