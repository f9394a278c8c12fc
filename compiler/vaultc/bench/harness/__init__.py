"""The machinery that runs snippets: processes, devices, timing. Nothing else of vaultc needs it to read a result."""
