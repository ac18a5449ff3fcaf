"""Mentoring between the schools of a hub: profiles, proposals, relations with their phases, and what is published."""
