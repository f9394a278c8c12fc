"""What `vaultc new` and `vaultc init` write. `$name` and the like are filled in; a leading `_` of a folder stands for a dot."""
