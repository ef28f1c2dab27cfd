"""Searching: what the index costs, beside other engines: page, index, update, memory, HTTP."""
