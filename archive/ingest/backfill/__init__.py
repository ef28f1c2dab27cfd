"""Backfill: past coverage of a source, found in its feed's older pages, its sitemaps, or a list."""
