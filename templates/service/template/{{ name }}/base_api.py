"""The policy of this service: who may call."""

from core.http.view import View


class BaseApi(View):
    """Stand above every view of this service; `before` is the place to refuse callers."""
