"""Importing JSON-LD as the web serves it: schema.org, LRMI and AMB, in files and in pages."""
