"""What the intake promises about strangers' files: a generated file for each row of `bad-inputs.md`, and its report."""
