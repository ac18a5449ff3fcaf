"""A SPARQL 1.1 server behind the service: talking to it, publishing a release into it, reading the graph from it."""
