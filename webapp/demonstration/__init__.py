"""A demonstration: made-up hubs, schools, people and what they do, filled in through the site's own pages.

Everything in it is marked synthetic, and no real school, hub or person is in it; practices, competences and tools that
schools name are those of the collections.
"""
