"""The hosts: command line and MkDocs plugin. Nothing below imports from here."""
