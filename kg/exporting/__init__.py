"""Scenarios in the formats of other systems, each with an account of what is kept, changed and lost."""
