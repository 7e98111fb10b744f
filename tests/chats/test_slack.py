"""Slack's export as it comes: a zip with a folder for each channel."""

import zipfile
from pathlib import Path

from evidence_kit.chats.containers import exports
from evidence_kit.chats.parser import choose
from evidence_kit.chats.reading import Reading
from fixtures.chats import make

DAY = make.HERE / "slack_json/k20261101/2026-05-01.json"


def test_zip_gives_each_day_of_a_channel_and_no_list_of_members(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("users.json", '[{"id": "U01AHE0001", "name": "ahe"}]')
        container.writestr("channels.json", '[{"id": "C01", "name": "general"}]')
        container.write(DAY, "general/2026-11-01.json")
        container.write(DAY, "old/shop/2026-11-02.json")
    (tmp_path / "texts").mkdir()
    found = {export.member: export for export in exports(path, tmp_path / "texts")}
    chosen = {member: choose(export.head) for member, export in found.items()}
    assert [member for member, parser in chosen.items() if parser is None] == [
        "channels.json",
        "users.json",
    ]
    conversations = []
    for member, parser in chosen.items():
        if parser is not None:
            assert parser.id == "slack_json"
            records = list(Reading(found[member].source(), parser))
            conversations.append({record.conversation for record in records})
    assert conversations == [{"general"}, {"shop"}]
