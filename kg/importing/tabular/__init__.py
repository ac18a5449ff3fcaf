"""Spreadsheets: tables of scenarios, one a row, from CSV and Excel files, become lessons in their author's words."""
