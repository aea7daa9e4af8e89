"""Use cases that the screen and the shell both call."""
