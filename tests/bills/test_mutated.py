"""Whatever the bytes: a bill comes out or none, nothing else, and the same one each time."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_kit.bills.payment import Bill
from evidence_kit.bills.reading import may_be_bill, read_bill
from evidence_kit.bundle.tags import encode_json
from fixtures.bills import make

WHOLE = [bill() for bill in make.BILLS.values()]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content) - 1))
        what = draw(st.sampled_from(["set", "drop", "copy"]))
        if what == "set":
            content[at] = draw(st.sampled_from(b'\x00\t\n\r",<>/\x7f\x80\xff019-'))
        elif what == "copy":
            content[at:at] = content[at : at + draw(st.integers(1, 200))]
        else:
            del content[at : at + draw(st.integers(1, 200))]
            content = content or bytearray(b"\n")
    return bytes(content)


@given(mutated())
@settings(max_examples=300, deadline=None)
def test_mutated_bill_gives_a_bill_or_none(content: bytes) -> None:
    may_be_bill(content[: 1 << 16])
    bill = read_bill(content)
    assert bill == read_bill(content)
    if bill is not None:
        encoded = encode_json(bill)
        assert encode_json(msgspec.json.decode(encoded, type=Bill)) == encoded
        for one in bill.payments:
            if one.place.byte_start is not None and one.place.byte_end is not None:
                assert content[one.place.byte_start : one.place.byte_end].strip()
