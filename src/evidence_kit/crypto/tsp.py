"""Time-stamp requests, replies and tokens (RFC 3161, RFC 5816), judged without a network.

A token is kept as a TimeStampResp whose status is "granted" and nothing more, so that
stock tools read it and no byte beside the token can say anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from asn1crypto import core, tsp

from evidence_kit.crypto.der import encode, require_der
from evidence_kit.crypto.digest import ALGORITHMS, digest
from evidence_kit.crypto.hostile import hostile
from evidence_kit.crypto.pem import Anchor
from evidence_kit.crypto.token import MALFORMED, SignedToken, read_signed_token
from evidence_kit.crypto.x509 import build_chain, readable
from evidence_kit.report import Fault, Outcome

MAX_TOKEN_BYTES = 64 * 1024
_GRANTED = bytes.fromhex("3003020100")
_GEN_TIME = re.compile(rb"(\d{14})(?:\.(\d{1,9}))?Z")
_MAX_ACCURACY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class TimestampToken:
    """A token that holds: its authority had this data's digest at `gen_time`."""

    gen_time: datetime
    """Aware UTC; fractions beyond microseconds are cut."""
    accuracy_ms: int | None
    """Rounded up; None where the authority names none."""
    authority: str
    """Subject of the signing certificate, as RFC 4514 text."""
    serial: int
    imprint_algorithm: str
    policy: str
    """Dotted object identifier of the authority's policy."""
    nonce: int | None
    anchor: Anchor | None
    """None where everything holds but the path ends at no pinned root."""
    chain_der: tuple[bytes, ...] = field(repr=False)
    """Certificates from the signer upwards, with the anchor's own last."""
    expires_at: datetime
    """When the first certificate on the path expires, the anchor's own aside."""
    algorithms: frozenset[str]
    """All that it rests on up to the anchor's key: names of digests, "rsa", "ecdsa"."""
    uses_sha1_ess: bool
    """True where only an ESSCertID of version 1 (SHA-1) names the certificate."""


def build_request(
    data: bytes, *, nonce: int, algorithm: str = "sha256", policy: str | None = None
) -> bytes:
    """A version 1 request for a token over `data`, with the certificates in it.

    Raises:
        ValueError: the algorithm is none of `digest.ALGORITHMS`.
    """
    imprint = {
        "hash_algorithm": {"algorithm": algorithm},
        "hashed_message": digest(algorithm, data),
    }
    fields: dict[str, object] = {
        "version": "v1",
        "message_imprint": imprint,
        "nonce": nonce,
        "cert_req": True,
    }
    if policy is not None:
        fields["req_policy"] = policy
    request: bytes = tsp.TimeStampReq(fields).dump()
    return request


def accept_response(
    reply: bytes,
    data: bytes,
    *,
    nonce: int,
    algorithm: str = "sha256",
    policy: str | None = None,
) -> bytes:
    """The .tsr to keep from an authority's fresh reply, checked in all but its root.

    Raises:
        Fault: timestamp.refused with the authority's status, timestamp.nonce,
            timestamp.policy, timestamp.imprint_algorithm, and those of `verify_token`.
    """
    if len(reply) > MAX_TOKEN_BYTES:
        raise Fault(MALFORMED, detail="too long")
    with hostile(MALFORMED):
        # tsp.TimeStampResp knows no reply without a token, which is how authorities refuse
        response = core.Sequence.load(reply, strict=True)
        status = tsp.PKIStatusInfo.load(response[0].dump())["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise Fault("timestamp.refused", Outcome.INDETERMINATE, status=str(status))
        tsr = encode(0x30, _GRANTED, response[1].dump())
    token = verify_token(tsr, data, anchors=())
    if token.nonce != nonce:
        raise Fault("timestamp.nonce")
    if policy is not None and token.policy != policy:
        raise Fault("timestamp.policy", policy=token.policy)
    if token.imprint_algorithm != algorithm:
        raise Fault(
            "timestamp.imprint_algorithm",
            Outcome.INDETERMINATE,
            algorithm=token.imprint_algorithm,
        )
    return tsr


def verify_token(
    tsr: bytes,
    data: bytes,
    *,
    anchors: Sequence[Anchor],
    extra_certificates_der: Sequence[bytes] = (),
) -> TimestampToken:
    """Check a kept token over `data`, as of its own gen_time.

    Revocation is not looked at here. Without a path to one of the anchors the result has
    `anchor=None`: it proves nothing to those who trust no other root.

    Args:
        anchors: the roots trusted; where two hold, the first one counts.
        extra_certificates_der: further certificates of the authority's chain.

    Raises:
        Fault: FAILED where the token is broken, forged or for other data; INDETERMINATE
            where it is of a kind that is not accepted. All codes: timestamp.malformed,
            .not_rewrapped, .imprint, .imprint_algorithm, .accuracy, .outside_validity,
            .impostor, .chain, and those of `read_signed_token`.
    """
    require_der(tsr, code=MALFORMED, max_bytes=MAX_TOKEN_BYTES)
    with hostile(MALFORMED):
        response = tsp.TimeStampResp.load(tsr, strict=True)
        if tsr != encode(0x30, _GRANTED, encode(0x30, response["time_stamp_token"].contents)):
            raise Fault("timestamp.not_rewrapped")
        token = read_signed_token(response["time_stamp_token"], extra_certificates_der)
        statement = token.statement
        algorithm = _require_imprint(statement["message_imprint"], data)
        gen_time = _gen_time(statement["gen_time"].contents)
        accuracy_ms = _accuracy_ms(statement["accuracy"])
        _require_known_extensions(statement["extensions"])
        _require_valid_at(token, gen_time)
        chain = build_chain(token.certificate, token.certificates, anchors, at=gen_time)
        return TimestampToken(
            gen_time=gen_time,
            accuracy_ms=accuracy_ms,
            authority=readable(token.certificate.subject),
            serial=statement["serial_number"].native,
            imprint_algorithm=algorithm,
            policy=statement["policy"].dotted,
            nonce=statement["nonce"].native,
            anchor=chain.anchor,
            chain_der=chain.certificates_der,
            expires_at=chain.expires_at,
            algorithms=chain.algorithms | token.algorithms | {algorithm},
            uses_sha1_ess=token.uses_sha1_ess,
        )


def _require_imprint(imprint: tsp.MessageImprint, data: bytes) -> str:
    # read as a whole, for who asked chose these bytes: parameters are NULL or absent
    algorithm = str(imprint["hash_algorithm"].native["algorithm"])
    if algorithm not in ALGORITHMS:
        raise Fault("timestamp.imprint_algorithm", Outcome.INDETERMINATE, algorithm=algorithm)
    if imprint["hashed_message"].native != digest(algorithm, data):
        raise Fault("timestamp.imprint")
    return algorithm


def _gen_time(contents: bytes) -> datetime:
    """RFC 3161 §2.4.2: GeneralizedTime in UTC with seconds, fractions optional."""
    match = _GEN_TIME.fullmatch(contents)
    if match is None:
        raise ValueError("gen_time")
    whole = datetime.strptime(match[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if not datetime.min.year < whole.year < datetime.max.year:
        # gen_time less or plus its accuracy would be no date
        raise ValueError("gen_time")
    fraction = (match[2] or b"")[:6].ljust(6, b"0")
    return whole.replace(microsecond=int(fraction))


def _accuracy_ms(accuracy: core.Asn1Value) -> int | None:
    """Milliseconds, rounded up; None where the field is absent."""
    if isinstance(accuracy, core.Void):
        return None
    seconds, millis, micros = (accuracy[key].native or 0 for key in ("seconds", "millis", "micros"))
    if seconds < 0 or not 0 <= millis < 1000 or not 0 <= micros < 1000:
        raise ValueError("accuracy")
    if seconds >= _MAX_ACCURACY.total_seconds():
        raise Fault("timestamp.accuracy", Outcome.INDETERMINATE)
    return int(seconds * 1000 + millis + (1 if micros else 0))


def _require_known_extensions(extensions: core.Asn1Value) -> None:
    """RFC 5280 §4.2: a critical extension that is not understood must not be ignored."""
    if isinstance(extensions, core.Void):
        return
    for extension in extensions:
        if extension["critical"].native:
            raise Fault(
                "timestamp.unsupported",
                Outcome.INDETERMINATE,
                algorithm=extension["extn_id"].dotted,
            )


def _require_valid_at(token: SignedToken, gen_time: datetime) -> None:
    certificate = token.certificate
    # RFC 5280 §4.1.2.5: through notAfter, which is a whole second
    last = certificate.not_valid_after_utc
    if not certificate.not_valid_before_utc <= gen_time.replace(microsecond=0) <= last:
        raise Fault("timestamp.outside_validity", authority=readable(certificate.subject))
