"""A second database, and a replica that only the reads go to."""
