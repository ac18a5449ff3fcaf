"""Harvesting repositories by OAI-PMH 2.0: politely, by datestamp, with deletions, and able to go on after a cut."""
