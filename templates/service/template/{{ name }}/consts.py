"""Constants of this service: its codes and enums.

Codes of one's own start at 100, as a subclass of `core.http.codes.StatusCode`.
"""

from core.http.codes import Code

__all__ = ["Code"]
