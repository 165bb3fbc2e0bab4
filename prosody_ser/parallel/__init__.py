"""Work for several processes."""
