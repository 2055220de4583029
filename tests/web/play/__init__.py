"""The pages of the wing `play` in a real Chromium."""
