"""Makes moved.json: paths of PyTorch's Adam and its kin while OneCycleLR moves rate and β₁, in float64. Run on demand:

/tmp/oracle/bin/python tests/reference/optimizers/make_moved.py
"""

import json
from pathlib import Path

import torch

STEPS = 60
START = (-2.2, 3.6)
RULES = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adamax": torch.optim.Adamax,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
}


def moved(made):
    theta = torch.tensor(START, requires_grad=True)
    optimizer = made([theta], lr=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=STEPS)
    path, rates, momenta = [theta.tolist()], [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        ((theta[0] - 1) ** 2 + 3 * (theta[1] + theta[0]) ** 2).backward()
        (group,) = optimizer.param_groups
        rates.append(group["lr"])
        momenta.append(group["betas"][0])
        optimizer.step()
        path.append(theta.tolist())
        if len(rates) < STEPS:
            schedule.step()
    return {"path": path, "rates": rates, "beta1": momenta}


def main():
    torch.set_default_dtype(torch.float64)
    about = {"version": torch.__version__, "runs": {name: moved(made) for name, made in RULES.items()}}
    Path(__file__).with_name("moved.json").write_text(json.dumps(about) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
