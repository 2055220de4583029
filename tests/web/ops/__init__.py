"""The pages of the wing `ops` in a real Chromium."""
