"""One file per method; `base.py` holds the contract and `registry.py` finds them."""
