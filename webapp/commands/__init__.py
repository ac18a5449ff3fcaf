"""The commands of ``ihub``, a module for each concern; :mod:`webapp.cli` gathers them."""
