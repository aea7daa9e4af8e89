"""One widget for each field type."""
