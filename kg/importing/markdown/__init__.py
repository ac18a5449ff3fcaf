"""Importing folders of lessons in Markdown with YAML metadata, translations side by side."""
