"""Importing: adapter -> record -> document in normal form -> collection, with a report and nothing lost."""
