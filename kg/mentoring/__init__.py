"""Mentoring between schools: who could help whom, and which schools could work on a need together."""
