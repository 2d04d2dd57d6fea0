"""Pictures of an evaluation as plain Plotly dictionaries: one trace per kind of mark, no template."""
