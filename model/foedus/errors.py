"""Faults that a user can mend."""


class FoedusError(Exception):
    """A fault in what the user gave: a file, an option, a name.

    Its text is one message that says where the fault is, what was found and what is allowed. The
    command line prints it without a traceback and ends with status 2. A fault of the program, or
    of a programmer who calls it, is never a `FoedusError`.
    """


class NotShownError(FoedusError):
    """A result is complete and on the disk, but could not be drawn or written out in full."""
