"""A stranger's file becomes typed, checked tables and a list of what was found."""
