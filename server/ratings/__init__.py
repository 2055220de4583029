"""How strong players are, by the games that they have played against each other."""
