"""Promises of docs/reliability.md under many injected faults."""
