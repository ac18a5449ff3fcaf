"""Charts of what a release holds: counted from its facet columns and drawn by Vega when it is built."""
