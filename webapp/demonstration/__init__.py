"""A demonstration: made-up hubs, schools, people and what they do, filled in through the site's own pages.

Everything in it is marked synthetic, and no real school, hub, practice or person is in it.
"""
