"""Tierboard's core: everything below the pages, and nothing that needs a browser."""
