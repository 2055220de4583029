"""The machinery of background jobs. No job stands here."""
