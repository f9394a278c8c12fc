"""Publishing: a site generator run over the object files, and the files that a published site needs."""
