"""Read the samples of a sound file, and find out what a file is that cannot be read or holds less than it states."""
