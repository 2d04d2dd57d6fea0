"""Pictures of an evaluation as plain Plotly dictionaries: one trace per kind of mark, the template left to the theme."""
