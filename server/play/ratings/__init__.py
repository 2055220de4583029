"""Ratings: the model, its scale, and rating the games that are over."""
