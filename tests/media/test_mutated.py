"""Whatever the bytes: facts come out, nothing else, and the same ones each time."""

from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_kit.actions.media import MAX_BYTES
from evidence_kit.bundle.tags import encode_json
from evidence_kit.media.describe import describe
from evidence_kit.media.facts import Media
from tests.media.test_describe import PICTURES

WHOLE = {name: make() for name, make in PICTURES.items()}
MEDIA_TYPES = {"lossless": "image/webp", "extended": "image/webp"}


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(sorted(WHOLE)))
    content = bytearray(WHOLE[name])
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(content) - 1))
        what = draw(st.sampled_from(["set", "drop", "copy"]))
        if what == "set":
            content[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, *range(2, 12)]))
        elif what == "copy":
            content[at:at] = content[at : at + draw(st.integers(1, 64))]
        elif len(content) > 1:
            del content[at : at + draw(st.integers(1, 64))]
        content = content or bytearray(b"\0")
    return MEDIA_TYPES.get(name, name), bytes(content)


@given(mutated())
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_mutated_file_gives_facts_and_the_same_bytes_twice(
    tmp_path: Path, file: tuple[str, bytes]
) -> None:
    media_type, content = file
    path = tmp_path / "mmexport1785602836106"
    path.write_bytes(content)
    encoded = encode_json(describe(path, media_type))
    again = encode_json(describe(path, media_type))
    assert encoded == again
    assert len(encoded) < MAX_BYTES
    assert encode_json(msgspec.json.decode(encoded, type=Media)) == encoded
