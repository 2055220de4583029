"""What a connection and a request have in common: tokens, addresses, rates, the first frame."""
