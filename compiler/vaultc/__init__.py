"""vaultc: a compiler for vaults of wiki-linked Markdown notes."""

__version__ = "0.1.0"
