"""A Postgres that the server starts and stops by itself, for development, tests and the demo."""
