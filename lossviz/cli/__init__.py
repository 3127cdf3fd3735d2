"""The command line: pictures, numbers and lists, without a window."""

from lossviz.cli.answering import main
from lossviz.cli.arguments import parser

__all__ = ["main", "parser"]
