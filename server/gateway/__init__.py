"""The public port: from bytes to whole messages, and the bounds that hold for every connection."""
