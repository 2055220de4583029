"""The subcommands of `parlor`, one module each; `server/__main__.py` reads their arguments."""
