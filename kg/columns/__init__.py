"""A release by columns: for each property the numbers of its subjects and objects, and joins over them."""
