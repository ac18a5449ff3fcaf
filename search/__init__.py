"""Search over the scenarios of a release: embeddings, lexical index, facets, ranking."""
