"""`parlor loadtest`: measures from outside what load a server takes, and checks every event against the log."""
