"""WHAT IS SEEN at time t: pure functions from an experiment's results to plain data that any brush can draw."""
