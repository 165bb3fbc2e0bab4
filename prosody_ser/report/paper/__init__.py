"""A result as the tables of a paper."""
