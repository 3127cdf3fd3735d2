"""Makes kinks.json: values and gradients at kinks and at the edges of what is defined, by PyTorch. Run on demand:

python -m venv /tmp/oracle && /tmp/oracle/bin/pip install torch
/tmp/oracle/bin/python tests/reference/make_kinks.py
"""

import json
import platform
from pathlib import Path

import torch

HERE = Path(__file__).parent

CASES = [
    ("abs(w) + b", lambda w, b: w.abs() + b, [(0, 1), (-2, 1), (3, 1)]),
    ("relu(w)*b", lambda w, b: w.relu() * b, [(0, 2), (-1, 2), (1, 2)]),
    ("relu(w - b)", lambda w, b: (w - b).relu(), [(1, 1), (0, 1), (2, 1)]),
    ("max(w, b)", torch.maximum, [(1, 1), (0, 1), (1, 0), (0, 0)]),
    ("max(2*w, b**2)", lambda w, b: torch.maximum(2 * w, b**2), [(2, 2), (2, -2), (0, 1)]),
    ("min(w, b)", torch.minimum, [(1, 1), (0, 1), (1, 0)]),
    ("min(w, 3*b)", lambda w, b: torch.minimum(w, 3 * b), [(3, 1), (4, 1), (0, 1)]),
    ("max(w, b, w*b)", lambda w, b: torch.maximum(torch.maximum(w, b), w * b), [(1, 1), (2, 2), (0, 0)]),
    ("clip(w, -1, 1)*b", lambda w, b: w.clamp(-1, 1) * b, [(-1, 3), (1, 3), (0, 3), (2, 3), (-2, 3)]),
    ("clip(w, b, 1)", lambda w, b: torch.clamp(w, b, torch.ones(())), [(-1, 0), (0.5, 0), (2, 0), (0.5, 2)]),
    ("sign(w)*b", lambda w, b: w.sign() * b, [(0, 2), (-3, 2), (3, 2)]),
    ("floor(w)*b", lambda w, b: w.floor() * b, [(1, 2), (1.5, 2), (-0.5, 2)]),
    ("where(w > 0, w*b, b)", lambda w, b: torch.where(w > 0, w * b, b), [(0, 3), (1, 3), (-1, 3)]),
    ("where(w >= 0, w*b, b)", lambda w, b: torch.where(w >= 0, w * b, b), [(0, 3)]),
    ("hypot(w, b)", torch.hypot, [(3, 4), (0, -2)]),
    ("atan2(w, b)", torch.atan2, [(0, 0), (1, 0), (0, 1), (0, -1), (-2, -3)]),
    ("sqrt(w) + b", lambda w, b: w.sqrt() + b, [(0, 1), (4, 1)]),
    ("w**0 + b", lambda w, b: w**0 + b, [(0, 1), (2, 1)]),
    ("w**1 + b**2", lambda w, b: w**1 + b**2, [(0, 0)]),
    ("w**3 + b**2", lambda w, b: w**3 + b**2, [(0, 0), (-2, 3)]),
    ("w**0.5 + b", lambda w, b: w**0.5 + b, [(0, 1)]),
    ("w**1.5 + b", lambda w, b: w**1.5 + b, [(0, 1), (4, 1)]),
    ("w**-2*b", lambda w, b: w**-2 * b, [(2, 3), (-2, 3)]),
    ("w**b", torch.pow, [(2, 3), (0, 0), (0, 2), (0, 1), (0.5, 0), (3, -1.5), (-2, 2)]),
    ("2**(w*b)", lambda w, b: 2 ** (w * b), [(0, 0), (1.5, -2)]),
    ("sigmoid(w)*b", lambda w, b: w.sigmoid() * b, [(0, 1), (1000, 1), (-1000, 1)]),
    ("softplus(w) + b", lambda w, b: torch.nn.functional.softplus(w) + b, [(0, 1), (1000, 1), (-1000, 1)]),
    ("tanh(w) + b", lambda w, b: w.tanh() + b, [(0, 1), (1000, 1), (-1000, 1)]),
    ("log1p(w) + expm1(b)", lambda w, b: w.log1p() + b.expm1(), [(1e-12, 1e-12)]),
    ("asin(w) + acos(b)", lambda w, b: w.asin() + b.acos(), [(0.5, -0.5), (1, 0), (0, 1)]),
]


def number(value):
    """A float, or its name where JSON has none."""
    value = float(value.detach())
    return value if abs(value) < float("inf") else str(value)


def case(text, function, w, b):
    """What PyTorch gives at one point."""
    w, b = (torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in (w, b))
    value = function(w, b)
    slopes = torch.autograd.grad(value, (w, b), allow_unused=True)
    gradient = [0.0 if slope is None else number(slope) for slope in slopes]
    return {"text": text, "w": float(w.detach()), "b": float(b.detach()), "value": number(value), "gradient": gradient}


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    made = {
        "made by": f"torch {torch.__version__}, Python {platform.python_version()}",
        "cases": [case(text, function, *at) for text, function, points in CASES for at in points],
    }
    (HERE / "kinks.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
