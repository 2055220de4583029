"""Properties of rules, checked with generated games (hypothesis)."""
