"""Arithmetic and parsers for public data; imports only core."""
