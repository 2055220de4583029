"""The wing of those who run the server: health, figures, and what an operator may do."""
