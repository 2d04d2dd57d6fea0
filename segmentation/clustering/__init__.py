"""Groups found in the data: prepared, chosen with evidence, named, restated as rules, matched from month to month."""
