"""One adapter for each corpus: how its files are named and labelled."""
