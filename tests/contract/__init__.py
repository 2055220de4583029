"""One suite for several implementations of the same thing: Postgres, and the one in memory."""
