"""What parsers throw at malformed bytes, turned into faults."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from evidence_kit.report import Fault

# Some authorities' roots have the serial number 0; that is nothing to tell a reader of.
warnings.filterwarnings(
    "ignore", message="Parsed a serial number which wasn't positive", module="evidence_kit"
)
_HOSTILE = (
    ArithmeticError,
    AttributeError,
    InvalidSignature,
    LookupError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    Warning,
    x509.AttributeNotFound,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@contextmanager
def hostile(code: str) -> Iterator[None]:
    """Turn whatever a parser throws at malformed bytes into `Fault(code)`.

    Raises:
        Fault: one raised inside, unchanged; else `code`, with the kind of exception.
    """
    try:
        yield
    except _HOSTILE as error:
        raise Fault(code, detail=type(error).__name__) from error
