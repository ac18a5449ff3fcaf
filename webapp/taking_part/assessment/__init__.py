"""Schools assess themselves on the model's evaluation dimensions, again and again, and see how that changes."""
