"""Plans of several scenarios: what they cover of a goal, and exactly which further scenarios cover the rest."""
