"""Measures how good search is: judged queries and known items, four systems, bootstrap intervals."""
