"""Summaries, statistics and ratings computed again from the log, and compared with what is stored."""
