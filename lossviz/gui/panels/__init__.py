"""Panels: each shows a part of the experiment, and says what a person wants by a signal."""
