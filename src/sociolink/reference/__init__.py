"""Bundled facts: counts of names, nicknames, places; mapped when asked for, nothing parsed at import."""
