"""The search for stationary points: a grid over the domain, Newton steps from its cells, and zooming in."""
