"""Create and keep up to date async services on Sanic, Tortoise ORM and Redis."""

__version__ = "0.1.0"
