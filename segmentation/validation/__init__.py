"""Replays at past dates, judged on what happened next."""
