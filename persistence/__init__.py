"""Everything that speaks to Postgres. Knows tables, and no rules."""
