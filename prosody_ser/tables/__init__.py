"""Feature tables and their files."""
