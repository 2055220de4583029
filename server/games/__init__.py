"""Games and what all games share: the contract, the table, chance, codec, replay. Pure: no I/O, no clock."""
