"""Teachers, schools and hubs take part: accounts, contributions and their review.

The whole package is loaded only where ``IHUB_TAKING_PART`` is 1. It keeps what people write, and who they are, in a
database of its own; what is published lives in collections and releases, as everything else.
"""

from webapp.taking_part import draft_models

__all__ = ["draft_models"]  # what asks for all tables finds those that stand in modules of their own, too
