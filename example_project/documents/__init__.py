"""Documents that people share with each other: what authorization looks like in an application."""
