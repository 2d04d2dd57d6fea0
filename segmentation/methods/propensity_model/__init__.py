"""What the propensity method needs beside its file: fields, leaks, regression, ranking, calibration, boosting."""
