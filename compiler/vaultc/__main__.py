"""`python -m vaultc` is the command `vaultc`."""

from vaultc.frontends.cli import main

if __name__ == "__main__":
    main()
