"""How good a collection is beyond what the shapes can say: its coverage and its texts."""
