"""Every model that can be swapped."""
