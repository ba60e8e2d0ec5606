"""The systems that are compared: each answers the same questions in its own way."""
