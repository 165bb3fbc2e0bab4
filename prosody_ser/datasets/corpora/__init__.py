"""One adapter for each corpus, for the names and labels of its files."""
