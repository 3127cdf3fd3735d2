"""WHAT WOULD happen: many steps, runs or rates tried, and what they tell."""
