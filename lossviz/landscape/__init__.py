"""WHAT is descended: data, models and losses, and the surfaces that they make over weight and bias."""
