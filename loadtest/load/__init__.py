"""`parlor loadtest`: how much a server holds, measured from outside, and whether all of it was true."""
