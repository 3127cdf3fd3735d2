"""Rules that ask for more than a slope: the curvature, or the losses along a line.

- ``newton``, ``trust_region`` (damped Newton): the Hessian, by the linear algebra of small matrices.
- ``bfgs``, ``lbfgs``, ``conjugate_gradient``: the curvature as far as slopes met on the way tell of it.
- ``line_minimum``, ``backtracking``: gradient descent that looks for the length of its steps.
- ``questions``: searches that branch, each of a run of its own, asked about side by side.
"""
