"""Modules against a real Postgres, without a server around them."""
