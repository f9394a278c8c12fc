"""Faults of the surroundings: what is wrong with the machine or the call, never with a note."""


class VaultcError(Exception):
    """A one-line message that says what to do; commands print it and exit with 2."""
