"""The laws of the house that a linter can't express."""
