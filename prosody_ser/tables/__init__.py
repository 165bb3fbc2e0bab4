"""The feature table, and its files."""
