"""The language server: an editor hears while somebody types what a check would say later, in the same words.

`vaults` keeps the state, `codec` turns records into the protocol's and back, `server` answers; what is answered, the other modules
find, and they know no protocol where they need none.
"""
