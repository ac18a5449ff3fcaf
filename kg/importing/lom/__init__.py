"""Importing IEEE LOM (1484.12.3), with the profiles of the Learning Resource Exchange and of Estonia (EstCore)."""
