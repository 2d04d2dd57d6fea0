"""The three companies month after month."""
