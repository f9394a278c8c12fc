"""Measurements: the interface of snippets, the runner and the store of results."""
