"""One class for each page."""
