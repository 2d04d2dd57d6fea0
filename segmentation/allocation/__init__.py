"""Hours and budget: now, needed, available."""
