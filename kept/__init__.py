"""The workbench: a whole cluster under a controllable scheduler, its recorded histories, and what they prove."""

__version__ = "0.1.0"
