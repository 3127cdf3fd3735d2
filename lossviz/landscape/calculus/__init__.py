"""Formulas of w and b that are differentiated and made into straight-line code.

``reading`` makes a graph of a typed text, in which ``characters`` has looked for what is not allowed; ``derivatives``
adds the nodes of gradient and Hessian to it, by the ``slopes`` of the functions of one variable; ``emission`` writes
the graph as code, and ``program`` keeps what was made of a text. What an operation means stands in ``operations``.
"""
