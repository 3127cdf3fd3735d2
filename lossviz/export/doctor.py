"""What works on this machine, and what to install for the rest: the first thing to send with a question."""

import importlib.metadata
import os
import platform

from lossviz.export.application import broken_pair, display_error, offscreen_application
from lossviz.resources import program_version, root
from lossviz.views.brushes import FAMILY, load_fonts
from lossviz.views.opengl_probe import VARIABLE, ask_now, renderer_choice

PACKAGES = ("numpy", "PySide6-Essentials", "pyqtgraph", "contourpy", "msgspec", "pillow")


def report() -> list[tuple[str, bool, str]]:
    """Give (what, whether it works, in words) of everything that lossviz needs."""
    lines = [("lossviz", True, f"{program_version()}, data in {root()}")]
    lines.append(("Python", True, f"{platform.python_version()} on {platform.platform()}"))
    for package in PACKAGES:
        try:
            lines.append((package, True, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            lines.append((package, False, f"missing; install it with: pip install {package}"))
    fault = broken_pair()
    lines.append(("Qt for Python", fault is None, fault or "this version goes with this Python"))
    screen = display_error()
    lines.append(("display", screen is None, screen or _display_name()))
    lines.append(_opengl(screen))
    offscreen_application()
    loaded = load_fonts()
    lines.append(("fonts", loaded, FAMILY if loaded else "the bundled font is missing; install lossviz again"))
    lines.append(("films and stills", True, "GIF, PNG, numbered PNGs"))
    return lines


def _display_name() -> str:
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "native"


def _opengl(screen: str | None) -> tuple[str, bool, str]:
    """Say what draws the surface in the window."""
    if screen is not None:
        return "OpenGL", False, "not looked for without a display; the surface is painted without it"
    if renderer_choice() == "painter":
        return "OpenGL", True, f"not looked for, as {VARIABLE} is painter; the surface is painted without it"
    answer = ask_now()
    if answer.works:
        return "OpenGL", True, answer.text
    return "OpenGL", False, f"not used ({answer.text}); the surface is painted without it"
