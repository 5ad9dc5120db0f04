"""The family of errors of dialer. A class's docstring is its message; retryable is said once, on the class."""

from collections.abc import Sequence


class DialerError(Exception):
    """Something went wrong in the daemon."""

    retryable = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class SettingsFault(DialerError):
    """The settings have mistakes; correct the lines that are named and start again."""

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(findings))
