"""Backfill: past coverage of a source, from its feed, its sitemaps, or a list of addresses."""
