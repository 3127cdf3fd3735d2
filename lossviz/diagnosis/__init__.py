"""WHAT a path means: events, limits and verdicts. Takes arrays, a Surface and a Rule, never a Trajectory."""
