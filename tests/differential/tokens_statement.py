"""Tokens whose statement, which the authority signs, is odd."""

import hashlib
from datetime import UTC, datetime, timedelta

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509

from evidence_kit.crypto.der import encode
from tests.crypto import elements as der
from tests.crypto import forge
from tests.crypto.forge import NOW
from tests.differential import reasons
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Case, Make, Row, TokenCase, row
from tests.differential.signing import GENERALIZED_TIME, NULL, OCTETS, SEQUENCE, UTC_TIME, algorithm
from tests.differential.signing import oid as oid_of
from tests.differential.workshop import DATA, YESTERDAY, Workshop

HOLDS, MALFORMED, UNSUPPORTED = "timestamp.holds", "timestamp.malformed", "timestamp.unsupported"
IMPRINT, OUTSIDE = "timestamp.imprint", "timestamp.outside_validity"

# where the parts of a TSTInfo are, without the optional ones before the nonce
VERSION, POLICY, IMPRINT_PATH, SERIAL, GEN_TIME, NONCE = ((n,) for n in range(6))
BEFORE_NONCE, AFTER_NONCE = (5,), (6,)


def stated(edit: der.Edit) -> Make:
    """A right token but for its statement, changed before it was signed."""
    return lambda w: w.token(statement_bytes=edit)


def replaced(path: tuple[int, ...], new: bytes) -> Make:
    """The same, with one element in place of another."""
    return stated(lambda raw: der.replace(raw, path, new))


def inserted(path: tuple[int, ...], new: bytes) -> Make:
    """The same, with one element more."""
    return stated(lambda raw: der.insert(raw, path, new))


def at(text: bytes, tag: int = GENERALIZED_TIME) -> Make:
    """The same, with this text as its time."""
    return replaced(GEN_TIME, encode(tag, text))


def accurate(contents: bytes) -> Make:
    """The same, with these elements as its accuracy."""
    return inserted(BEFORE_NONCE, encode(SEQUENCE, contents))


def imprinted(name: str, digest: bytes, parameters: bytes = b"") -> Make:
    """The same, with this imprint."""
    imprint = encode(SEQUENCE, algorithm(name, parameters), encode(OCTETS, digest))
    return replaced(IMPRINT_PATH, imprint)


def named(name: asn1_x509.GeneralName) -> Make:
    """The same, with this name of the authority."""
    return inserted(AFTER_NONCE, encode(0xA0, name.dump()))


def rightly_named(w: Workshop) -> Case:
    """The authority's name as its certificate has it."""
    subject = asn1_x509.Certificate.load(w.authority.leaf.der).subject
    return named(asn1_x509.GeneralName("directory_name", subject))(w)


def extended(*extensions: bytes) -> Make:
    """The same, with these extensions."""
    return inserted(AFTER_NONCE, encode(0xA1, *extensions))


def extension(identifier: str, *, critical: bool) -> bytes:
    """One extension."""
    flag = b"\x01\x01\xff" if critical else b""
    return encode(SEQUENCE, oid_of(identifier), flag, encode(OCTETS, NULL))


def ending(moment: datetime, *, stamped_at: bytes) -> Make:
    """A token at this time whose certificate ends then."""

    def make(w: Workshop) -> TokenCase:
        leaf = w.authority.issue_leaf(ends_at=moment)
        time = encode(GENERALIZED_TIME, stamped_at)
        return w.token(leaf, statement_bytes=lambda raw: der.replace(raw, GEN_TIME, time))

    return make


def until_the_last_second(w: Workshop) -> TokenCase:
    """A time so late that the accuracy leads past the calendar."""

    def edit(raw: bytes) -> bytes:
        late = der.replace(raw, GEN_TIME, encode(GENERALIZED_TIME, b"99991231235959Z"))
        return der.insert(late, BEFORE_NONCE, encode(SEQUENCE, b"\x02\x01\x01"))

    leaf = w.authority.issue_leaf(ends_at=LAST_SECOND)
    return w.token(leaf, statement_bytes=edit)


LIAR = asn1_x509.GeneralName("directory_name", asn1_x509.Name.build({"common_name": "DigiCert"}))
LAST_SECOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
SHA256 = hashlib.sha256(DATA).digest()

STATEMENTS: list[Row] = [
    row("by hand", lambda w: w.token(), PASSED, HOLDS),
    # the imprint
    row("imprint SHA-384", lambda w: w.token(imprint="sha384"), PASSED, HOLDS),
    row("imprint SHA-512", lambda w: w.token(imprint="sha512"), PASSED, HOLDS),
    row("imprint SHA-1", lambda w: w.token(imprint="sha1"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.WEAK),
    row("imprint MD5", lambda w: w.token(imprint="md5"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.WEAK),
    row("imprint SHA-224", lambda w: w.token(imprint="sha224"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.KIND),
    row("imprint SHA3-256", lambda w: w.token(imprint="sha3_256"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.KIND),
    row("imprint by an unknown digest", imprinted("1.2.3.4", SHA256),
        INDETERMINATE, "timestamp.imprint_algorithm",
        openssl="unsupported", pyhanko="raises ValueError"),
    row("imprint of other data", imprinted("sha256", hashlib.sha256(b"other").digest()),
        FAILED, IMPRINT,
        openssl="message imprint mismatch", pyhanko="not intact"),
    row("imprint cut short", imprinted("sha256", SHA256[:20]), FAILED, IMPRINT,
        openssl="message imprint mismatch", pyhanko="not intact"),
    row("imprint empty", imprinted("sha256", b""), FAILED, IMPRINT,
        openssl="message imprint mismatch", pyhanko="not intact"),
    row("imprint with NULL", imprinted("sha256", SHA256, NULL), PASSED, HOLDS),
    row("imprint with text in its algorithm",
        imprinted("sha256", SHA256, encode(OCTETS, b"text")), FAILED, MALFORMED,
        openssl="message imprint mismatch",
        why="who asked for the token chose these bytes: text could hide in them"),
    # the time
    row("time with a fraction", at(b"20260315120000.5Z"), PASSED, HOLDS),
    row("time with nine digits more", at(b"20260315120000.123456789Z"), PASSED, HOLDS),
    row("time with a trailing zero", at(b"20260315120000.50Z"), PASSED, HOLDS),
    row("time with ten digits more", at(b"20260315120000.1234567891Z"), FAILED, MALFORMED,
        why=reasons.TIME_FORM),
    row("time with a comma", at(b"20260315120000,5Z"), FAILED, MALFORMED,
        openssl="code 1", why=reasons.TIME_FORM),
    row("time with a bare point", at(b"20260315120000.Z"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time without Z", at(b"20260315120000"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time in a zone", at(b"20260315130000+0100"), FAILED, MALFORMED,
        why=reasons.TIME_FORM),
    row("time without seconds", at(b"202603151200Z"), FAILED, MALFORMED,
        why=reasons.TIME_FORM),
    row("time in a leap second", at(b"20261231235960Z"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time at 24 o'clock", at(b"20260315240000Z"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time on 31 February", at(b"20260231120000Z"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time in the year 0", at(b"00000315120000Z"), FAILED, MALFORMED,
        openssl="certificate is not yet valid", pyhanko="certificate_chain_general_failure"),
    row("time in the year 9999", at(b"99991231235959Z"), FAILED, MALFORMED,
        openssl="certificate has expired", pyhanko="crashes: OverflowError"),
    row("time as UTCTime", at(b"260315120000Z", UTC_TIME), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("time with a NUL", at(b"20260315120000Z\0"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time that is none", at(b"tomorrow"), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time empty", at(b""), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("time after the certificate's end",
        ending(YESTERDAY, stamped_at=b"20260315120000Z"), FAILED, OUTSIDE,
        openssl="certificate has expired", pyhanko="out_of_bounds_no_poe"),
    row("time in the certificate's last second",
        ending(NOW, stamped_at=b"20260315120000Z"), PASSED, HOLDS,
        openssl="certificate has expired", why=reasons.INCLUSIVE),
    row("time in the last second, late",
        ending(NOW, stamped_at=b"20260315120000.999Z"), PASSED, HOLDS,
        openssl="certificate has expired", why=reasons.INCLUSIVE),
    row("time one second after its end",
        ending(NOW, stamped_at=b"20260315120001Z"), FAILED, OUTSIDE,
        openssl="certificate has expired", why=reasons.TOLERANCE),
    row("certificate expired since",
        ending(NOW + timedelta(days=1), stamped_at=b"20260315120000Z"), PASSED, HOLDS),
    row("certificate without end, year 9999",
        ending(LAST_SECOND, stamped_at=b"20260315120000Z"),
        PASSED, HOLDS),
    row("time before the certificate's start", at(b"20191231235959Z"), FAILED, OUTSIDE,
        openssl="certificate is not yet valid", why=reasons.TOLERANCE),
    # accuracy
    row("accuracy of seconds", accurate(b"\x02\x01\x01"), PASSED, HOLDS),
    row("accuracy of all three", accurate(bytes.fromhex("020101 80020102 81020102")),
        PASSED, HOLDS),
    row("accuracy in thousandths", accurate(bytes.fromhex("800203e7 810103")), PASSED, HOLDS),
    row("accuracy empty", accurate(b""), PASSED, HOLDS),
    row("accuracy of a day but a second", accurate(encode(2, bytes.fromhex("01517f"))),
        PASSED, HOLDS),
    row("accuracy of a day", accurate(encode(2, bytes.fromhex("015180"))),
        INDETERMINATE, "timestamp.accuracy",
        why=reasons.DAY),
    row("accuracy of 300 bytes", accurate(encode(2, b"\x01" * 300)),
        INDETERMINATE, "timestamp.accuracy",
        why=reasons.DAY),
    row("accuracy negative", accurate(b"\x02\x01\xff"), FAILED, MALFORMED,
        why=reasons.ACCURACY),
    row("accuracy of 1000 thousandths", accurate(bytes.fromhex("800203e8")), FAILED, MALFORMED,
        why=reasons.ACCURACY),
    row("accuracy of 1000 millionths", accurate(bytes.fromhex("810203e8")), FAILED, MALFORMED,
        why=reasons.ACCURACY),
    row("accuracy of -1 thousandth", accurate(bytes.fromhex("8001ff")), FAILED, MALFORMED,
        why=reasons.ACCURACY),
    # numbers and flags
    row("version 2", replaced(VERSION, b"\x02\x01\x02"), FAILED, MALFORMED,
        openssl="unsupported version", why=reasons.VERSION),
    row("version 0", replaced(VERSION, b"\x02\x01\x00"), FAILED, MALFORMED,
        openssl="unsupported version", why=reasons.VERSION),
    row("version with a leading zero", replaced(VERSION, b"\x02\x02\x00\x01"),
        FAILED, MALFORMED,
        openssl="illegal padding", why=reasons.BER),
    row("serial number 0", replaced(SERIAL, b"\x02\x01\x00"), PASSED, HOLDS),
    row("serial number negative", replaced(SERIAL, b"\x02\x01\xff"), PASSED, HOLDS),
    row("serial number of 20 bytes", replaced(SERIAL, encode(2, b"\x01" * 20)), PASSED, HOLDS),
    row("serial number of 300 bytes", replaced(SERIAL, encode(2, b"\x01" * 300)), PASSED, HOLDS),
    row("serial number of 20000 bytes", replaced(SERIAL, encode(2, b"\x01" * 20_000)),
        PASSED, HOLDS),
    row("serial number absent", replaced(SERIAL, b""), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("nonce absent", replaced(NONCE, b""), PASSED, HOLDS),
    row("nonce negative", replaced(NONCE, b"\x02\x01\xff"), PASSED, HOLDS),
    row("nonce of 300 bytes", replaced(NONCE, encode(2, b"\x01" * 300)), PASSED, HOLDS),
    row("nonce with a leading zero", replaced(NONCE, b"\x02\x02\x00\x01"), FAILED, MALFORMED,
        openssl="illegal padding", why=reasons.BER),
    row("policy absent", replaced(POLICY, b""), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("policy of huge arcs", replaced(POLICY, encode(6, b"\x2a" + b"\xff" * 3000 + b"\x7f")),
        FAILED, MALFORMED,
        why="an identifier of thousands of digits names no policy"),
    row("policy with a padded arc", replaced(POLICY, b"\x06\x03\x2a\x80\x01"),
        FAILED, MALFORMED,
        openssl="invalid object encoding", why=reasons.BER),
    row("policy empty", replaced(POLICY, b"\x06\x00"), FAILED, MALFORMED,
        openssl="invalid object encoding", why=reasons.BER),
    row("ordering", inserted(BEFORE_NONCE, b"\x01\x01\xff"), PASSED, HOLDS),
    row("ordering, false told", inserted(BEFORE_NONCE, b"\x01\x01\x00"), PASSED, HOLDS),
    row("time in the year 9999 with its accuracy", until_the_last_second, FAILED, MALFORMED,
        openssl="certificate has expired", pyhanko="crashes: OverflowError"),
    row("ordering, neither", inserted(BEFORE_NONCE, b"\x01\x01\x01"), FAILED, MALFORMED,
        why=reasons.BER),
    # names and extensions
    row("authority named rightly", rightly_named, PASSED, HOLDS),
    row("authority named as another", named(LIAR), PASSED, HOLDS,
        openssl="tsa name mismatch", why=reasons.HINT),
    row("authority named by address",
        named(asn1_x509.GeneralName("uniform_resource_identifier", "http://tsa.example/")),
        PASSED, HOLDS,
        openssl="tsa name mismatch", why=reasons.HINT),
    row("extension", extended(extension("1.2.3.4", critical=False)), PASSED, HOLDS),
    row("extension, critical", extended(extension("1.2.3.4", critical=True)),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.CRITICAL),
    row("extensions, the second critical",
        extended(extension("1.2.3.4", critical=False), extension("1.2.3.5", critical=True)),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.CRITICAL),
    row("extensions without any", extended(), PASSED, HOLDS),
    # the form
    row("further element in the statement", inserted(AFTER_NONCE, encode(OCTETS, b"more")),
        FAILED, MALFORMED,
        openssl="wrong tag", why=reasons.ELEMENT),
    row("bytes after the statement", stated(lambda raw: raw + b"\0"), FAILED, MALFORMED,
        why="bytes after the end, which are no part of the statement"),
    row("statement without a length", stated(der.indefinite), FAILED, MALFORMED,
        why=reasons.BER),
    row("statement with a long length", stated(der.long_length), FAILED, MALFORMED,
        why=reasons.BER),
    row("imprint in pieces",
        stated(lambda raw: der.rewrite(raw, (*IMPRINT_PATH, 1), der.in_pieces)),
        FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.BER),
    row("statement nested 1000 deep", stated(lambda raw: forge.nested(1000)), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("statement that is none", stated(lambda raw: b"\x30\x03\x02\x01\x01"),
        FAILED, MALFORMED,
        openssl="field missing", pyhanko="raises ValueError"),
    row("request in place of the statement",
        stated(lambda raw: tsp.TimeStampReq({"version": "v1", "message_imprint":
            {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": SHA256}}).dump()),
        FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
]  # fmt: skip
"""What an authority may sign."""
