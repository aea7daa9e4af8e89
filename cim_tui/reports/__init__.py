"""One report model, one renderer a format."""
