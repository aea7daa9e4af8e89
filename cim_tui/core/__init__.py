"""The domain, pure: no files, no clock, no screen."""
