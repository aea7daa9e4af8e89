"""cim-tui: Compliance and Improvement Monitoring, walked through in a terminal."""

__version__ = "0.1.0"
