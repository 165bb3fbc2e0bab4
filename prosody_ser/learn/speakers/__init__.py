"""Who speaks in each row: names, and the clips that enrol a speaker."""
