"""Monitoring: what a release's own graph tells about uptake, counted by month as an RDF Data Cube."""
