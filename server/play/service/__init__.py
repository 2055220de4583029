"""Use cases of this wing: its routes, sockets and jobs call them."""
