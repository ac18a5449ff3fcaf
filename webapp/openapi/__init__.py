"""The description of every data route in OpenAPI 3.1, made of the tables from which the routes themselves work."""
