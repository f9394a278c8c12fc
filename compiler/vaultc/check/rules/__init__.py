"""The rules, one a file; `vaultc.check` has their order."""
