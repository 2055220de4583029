"""Use cases of this wing: its routes and jobs call them."""
