"""The schema's history: one file a change under `versions/`, applied by `runner`."""
