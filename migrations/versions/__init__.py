"""One file for each change of the schema, named `<time>_<schema>_<what>.py` and never changed once released."""
