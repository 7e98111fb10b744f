"""What goes wrong with chat exports, and what is told of those that were read."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

CHAT_ERRORS: dict[str, Message] = {
    "chat.ambiguous": Message(
        mark("several formats fit this file, and they would read it differently: {path}"),
        mark("say which one it is with --parser: {names}"),
    ),
    "chat.both_roles": Message(
        mark("the same sender is said to be the buyer and the merchant: {name}"),
        mark("give the buyer's name with --me, and the merchant's, another one, with --merchant"),
    ),
    "chat.case_empty": Message(
        mark("there is no bundle in the case: {path}"),
        mark("add the chat first, and name its bundle: evidence-kit add chat.txt --case {path}"),
    ),
    "chat.case_unread": Message(
        mark("no chat was found in the case, and some of it can't be read ({names}): {path}"),
        mark("see what is wrong with: evidence-kit verify {path}"),
    ),
    "chat.elsewhere": Message(
        mark("the bundle holds no chat: {path}"),
        mark("this bundle of the case holds one: {example}"),
    ),
    "chat.is_picture": Message(
        mark("this is a picture or a recording, not a chat in a bundle: {path}"),
        mark(
            "seal it with what you typed off it in a text: evidence-kit add {path} --transcript"
            " TEXT.txt; for views of the text, add it by itself, too: evidence-kit add TEXT.txt"
            " --parser transcript"
        ),
    ),
    "chat.mark_twice": Message(
        mark("the same mark is both confirmed and rejected: {name}"),
        mark("give it to --confirm or to --reject"),
    ),
    "chat.no_case": Message(
        mark("a word on marks is sealed in a case, and there is none here: {path}"),
        mark("name it with --case DIR, or make one with: evidence-kit init DIR"),
    ),
    "chat.no_format": Message(
        mark("no chat format fits this file: {path}"),
        mark("say which one it is with --parser (docs/chats.md lists them)"),
    ),
    "chat.no_such_item": Message(
        mark("the bundle has no chat under this id: {item}"),
        mark("did you mean: {known}"),
    ),
    "chat.no_such_mark": Message(
        mark("the chat has no such mark: {name}"),
        mark("name number and category as in M0004:promise; there is {known}"),
    ),
    "chat.not_marked": Message(
        mark("the message has no marks at all: {name}"),
        mark("to have words found that the lists miss, write a lexicon (docs/chats.md)"),
    ),
    "chat.not_marked_so": Message(
        mark("the message has no such mark: {name}"),
        mark(
            "it has {known}; to have words found that the lists miss, write a lexicon"
            " (docs/chats.md)"
        ),
    ),
    "chat.other_party": Message(
        mark("this mark stands in a message of the other party, where it can't count: {name}"),
        mark(
            "confirm the message of whoever said it first; if the roles are wrong, name them with"
            " --me and --merchant"
        ),
    ),
    "chat.no_such_member": Message(
        mark("the zip has no chat of this name: {name}"),
        mark("did you mean: {known}"),
    ),
    "chat.no_such_parser": Message(
        mark("there is no chat format of this name: {name}"),
        mark("did you mean: {known}"),
    ),
    "chat.no_such_sender": Message(
        mark("nobody of this name sent anything in these chats: {name}"),
        mark("did you mean: {known}"),
    ),
    "chat.no_such_record": Message(
        mark("the chat has no record of this number or id: {name}"),
        mark("name it as timeline does, from {first} to {last}"),
    ),
    "chat.no_such_part": Message(
        mark("a view can't be narrowed to this: {name}"),
        mark("did you mean: {known}"),
    ),
    "chat.no_such_view": Message(
        mark("there is no such view of a chat: {view}"),
        mark("did you mean: {known}"),
    ),
    "chat.not_there": Message(
        mark("the bundle holds no chat: {path}"),
        mark(
            "if one of its documents is a chat that was not recognised, name it with --item, and"
            " its format with --parser ID: {names}"
        ),
    ),
    "chat.no_text": Message(
        mark("the bundle holds no chat, and no document that could be one: {path}"),
        mark(
            "see what is in it with: evidence-kit show {path}; add a chat with: evidence-kit add"
            " chat.txt"
        ),
    ),
    "chat.only_typed": Message(
        mark(
            "the bundle holds a picture or recording and what the user typed off it, which is not"
            " read as a chat: {path}"
        ),
        mark(
            "unpack the text with: evidence-kit show {path} --extract DIR; for views of it, add it"
            " by itself: evidence-kit add TEXT.txt --parser transcript"
        ),
    ),
    "chat.no_zip": Message(
        mark("the chat is no zip, so there is nothing of this name in it: {name}"),
        mark("leave --member out"),
    ),
    "chat.none_in_case": Message(
        mark("no bundle of the case holds a chat ({names}): {path}"),
        mark("add the chat first, and name its bundle: evidence-kit add chat.txt --case {path}"),
    ),
    "chat.not_sealed": Message(
        mark("this is no bundle: {path}"),
        mark("a chat export is sealed first, then read in its bundle: evidence-kit add {path}"),
    ),
    "chat.none": Message(
        mark("none of these files can be read as a chat"),
        mark("leave out --parser, --me, --merchant and --date-order, or name a chat export"),
    ),
    "chat.not_for_view": Message(
        mark("{view} has no use for this: {name}"),
        mark("see how it is used with: evidence-kit chat -h"),
    ),
    "chat.not_narrowed": Message(
        mark("{other} is about the whole chat, and this narrows it: {name}"),
        mark("leave one of the two out; a page of the timeline has filters of its own"),
    ),
    "chat.page_too_long": Message(
        mark("the chat has {count} records, and a page takes {most} at most"),
        mark("print the timeline as text or with --json; --from and --until give a part of it"),
    ),
    "chat.roles_missing": Message(
        mark("this view has to know who the buyer is and who the merchant; who wrote: {senders}"),
        mark("say it with --me NAME --merchant NAME, now or when you add the chat"),
    ),
    "chat.several": Message(
        mark("the bundle holds several chats: {path}"),
        mark("say which one with --item: {names}"),
    ),
    "chat.several_members": Message(
        mark("the zip holds several chats: {count}"),
        mark("say which one with --member: {names}"),
    ),
    "chat.two_bundles": Message(
        mark("diff compares the chat of one bundle with that of another one"),
        mark("name both: evidence-kit chat OLD.evidence.zip diff NEW.evidence.zip"),
    ),
    "chat.withheld": Message(
        mark("the chat itself was left out of this copy ({name}): {path}"),
        mark("ask for the whole bundle"),
    ),
    "chat.wants_records": Message(
        mark("cite wants the numbers of records, such as M0001 or M0001-M0003"),
        mark("see them with: evidence-kit chat BUNDLE timeline"),
    ),
    "lexicon.duplicate": Message(
        mark("a lexicon of the kit's own has this name ({id}): {path}"),
        mark("rename the file"),
    ),
    "lexicon.malformed": Message(
        mark("the lexicon is not of the form that docs/chats.md tells ({detail}): {path}"),
        mark("mend the file or take it away"),
    ),
    "lexicon.unreadable": Message(
        mark("the lexicon can't be read ({detail}): {path}"),
        mark("check the rights of the file"),
    ),
}

CHAT_OBSERVATIONS: dict[str, str] = {
    "chat.account_both": mark(
        "{buyer} and {merchant} are names of one account of the app ({id}), and are said to be the"
        " two parties; each name counts as you say, and no other name of the account: {name}"
    ),
    "chat.account_from": mark(
        "whose chat it is and how many messages it should have is what {sibling} in the same zip"
        " says: {name}"
    ),
    "chat.name_shared": mark(
        "several accounts of the app go by the name {sender} ({ids}), and all of them are taken for"
        " that party; the id of one instead of the name tells them apart: {name}"
    ),
    "chat.names_shared": mark(
        "several accounts of the app go by one name: {senders}; --me and --merchant take an id,"
        " too, which tells them apart: {name}"
    ),
    "chat.names_from": mark(
        "messages that tell their sender by id alone are shown with the name that {sibling} in the"
        " same zip has for it; the id is kept: {name}"
    ),
    "chat.same_buyer": mark(
        "{others}: the same account of the app as {sender} ({id}), so it counts as the buyer, too:"
        " {name}"
    ),
    "chat.same_merchant": mark(
        "{others}: the same account of the app as {sender} ({id}), so it counts as the merchant,"
        " too: {name}"
    ),
    "chat.sibling_absent": mark(
        "the export consists of more files than the zip holds, such as {sibling}: {name}"
    ),
    "chat.sibling_contradicts": mark(
        "{sibling} in the same zip says two different things of one sender or one file, so neither"
        " is used: {name}"
    ),
    "chat.sibling_too_large": mark(
        "{sibling} in the same zip is too large, so nothing is taken from it: {name}"
    ),
    "chat.sibling_twice": mark(
        "the zip holds {sibling} twice, so nothing is taken from either: {name}"
    ),
    "chat.sibling_unlisted": mark(
        "a file in the zip is not among those that {sibling} lists, so what that says is not used"
        " for it: {name}"
    ),
    "chat.sibling_unreadable": mark(
        "{sibling} in the same zip is not what its name says, or breaks off, so nothing is taken"
        " from it: {name}"
    ),
    "chat.ambiguous_dates": mark(
        "the dates of {count} messages can be read in several ways, and all are kept; `chat` with"
        " --date-order dmy, mdy or ymd shows them in one, and nothing has to be added again: {name}"
    ),
    "chat.backwards": mark("{count} messages are earlier than the one before them: {name}"),
    "chat.contradicting": mark(
        "{count} messages say two things, of their time or in their text; `chat` with `coverage`"
        " lists them: {name}"
    ),
    "chat.cut_short": mark("the chat ends in the middle, at byte {byte}: {name}"),
    "chat.declared": mark(
        "the export says that it holds {declared} messages, and {actual} were found: {name}"
    ),
    "chat.dtd": mark("at byte {byte} the chat declares a document type, which is not read: {name}"),
    "chat.not_json": mark("at byte {byte} the chat is no longer JSON: {name}"),
    "chat.not_xml": mark("at byte {byte} the chat is no longer XML: {name}"),
    "chat.parser_failed": mark("reading the chat broke off at byte {byte} ({detail}): {name}"),
    "chat.read": mark("read as {format} ({encoding}): {messages}; {unclaimed}: {name}"),
    "chat.read_files": mark(
        "read as {format} ({encoding}), one chat of {files} files: {messages}; {unclaimed}: {name}"
    ),
    "chat.order_misfit": mark(
        "the dates of {count} messages don't fit --date-order {order}, so their times are missing"
        " or wrong, and those of others may be wrong, too: {name}"
    ),
    "chat.order_none": mark(
        "no single order fits all dates of the chat; add it again without --date-order: {name}"
    ),
    "chat.order_other": mark(
        "every date of the chat fits the order {orders}; add it again with that as --date-order,"
        " or without the option: {name}"
    ),
    "chat.order_shown": mark("the only order that all dates of the chat fit is {order}: {name}"),
    "chat.merchant_open": mark(
        "who of them is the merchant is not said, or that name wrote nothing here; --merchant says"
        " it: {name}"
    ),
    "chat.buyer_open": mark(
        "who of them is you is not said, or that name wrote nothing here; --me says it: {name}"
    ),
    "chat.empty": mark(
        "no message was found in it; see whether it is the right file of the export, and whole:"
        " {name}"
    ),
    "chat.empty_list": mark(
        "no message was found in it: it only lists the files that hold them; add the whole folder"
        " of the export, as a zip: {name}"
    ),
    "chat.empty_named": mark(
        "no message was found in it; see whether it is the right file, and leave out --parser or"
        " name another format (docs/chats.md lists them): {name}"
    ),
    "chat.roles_nobody": mark(
        "none of the names given with --me and --merchant wrote anything here, so who is who is"
        " not said: {name}"
    ),
    "chat.roles_nobody_in": mark(
        "in {count} of its chats none of the names given with --me and --merchant wrote anything:"
        " {name}"
    ),
    "chat.roles_open": mark(
        "who of them is you and who the merchant is not said; --me and --merchant say it: {name}"
    ),
    "chat.blank": mark("nothing is written in it, so it is kept as a document: {name}"),
    "chat.files_missing": mark(
        "{count} files that messages point to are not in the zip, such as {shown}; who has them can"
        " add them: {name}"
    ),
    "chat.few_times": mark(
        "no chat format fits, so it is kept as a document; lines that begin with a date and a time:"
        " {count}; they are read where most name a sender, and one of these again (fewer than"
        " three where each has a name and a colon, and nothing stands before them), and otherwise"
        " with --parser generic_txt: {name}"
    ),
    "chat.lone_cr": mark(
        "no chat format fits, so it is kept as a document; its lines end as on old Macs (CR alone),"
        " which is not read; add, beside it, a copy saved with other line ends: {name}"
    ),
    "chat.members": mark(
        "the zip holds several chats, and each is read by itself; there are {count}: {name}"
    ),
    "chat.more_chats": mark(
        "more chats were read, and chat.json tells of each; there are {count}: {name}"
    ),
    "chat.no_columns": mark(
        "no chat format fits, so it is kept as a document; its first row does not name three"
        " columns for time, sender and text, such as time,sender,text or 时间,发送人,内容: {name}"
    ),
    "chat.no_times": mark(
        "no chat format fits, so it is kept as a document; no line begins with a date and a time;"
        " what is written as name: text is read with --parser transcript: {name}"
    ),
    "chat.no_year": mark(
        "no chat format fits, so it is kept as a document; lines that begin with a date without a"
        " year and a time: {count}; the year is never guessed, so it has to be there: {name}"
    ),
    "chat.office": mark(
        "no messages are read out of files of Word, Excel or WPS, so it is kept as a document;"
        " where it holds a chat, add the export itself, too, or a copy saved as .txt or .csv:"
        " {name}"
    ),
    "chat.run_together": mark(
        "in {count} messages a line may be another message whose own header was lost, or a"
        " quotation; `chat` with `coverage` lists them: {name}"
    ),
    "chat.sorted_anew": mark(
        "the program that made this export sorts messages anew by time and leaves out those without"
        " an id, so the order is the program's: {name}"
    ),
    "chat.too_deep": mark("the chat is nested too deep at byte {byte}: {name}"),
    "chat.too_long": mark("a single value at byte {byte} of the chat is too long: {name}"),
    "chat.undated": mark("{count} messages have no date or time that can be read: {name}"),
    "chat.undecodable": mark(
        "{count} messages hold bytes in no encoding that could be found, shown as \ufffd: {name}"
    ),
    "chat.unread_others": mark(
        "other files of the zip that no message points to are sealed in it unread; there are"
        " {count}: {name}"
    ),
    "chat.unread_texts": mark(
        "some texts of the zip were not read as a chat and are sealed in it as they are; there are"
        " {count}, such as {shown}: {name}"
    ),
    "chat.zip_broken": mark("the zip can't be unpacked, so it is kept as a document: {name}"),
    "chat.zip_encrypted": mark(
        "the zip is encrypted, so it is kept as a document; unpack it and add what is in it: {name}"
    ),
    "chat.zip_too_large": mark(
        "the zip unpacks to more than is read, so it is kept as a document; unpack it and add"
        " what is in it: {name}"
    ),
    "chat.unrecognised": mark(
        "no chat format fits, so it is kept as a document; none of the programs whose exports are"
        " read writes a file like it (docs/chats.md lists them): {name}"
    ),
}
"""Those that name a byte tell where a parser could not go on; see `chats.record.Stop`."""

CHAT_SINGULARS: dict[str, str] = {
    "chat.files_missing": mark(
        "1 file that a message points to is not in the zip, {shown}; who has it can add it: {name}"
    ),
    "chat.ambiguous_dates": mark(
        "the date of 1 message can be read in several ways, and all are kept; `chat` with"
        " --date-order dmy, mdy or ymd shows it in one, and nothing has to be added again: {name}"
    ),
    "chat.backwards": mark("1 message is earlier than the one before it: {name}"),
    "chat.contradicting": mark(
        "1 message says two things, of its time or in its text; `chat` with `coverage` shows it:"
        " {name}"
    ),
    "chat.order_misfit": mark(
        "the date of 1 message doesn't fit --date-order {order}, so its time is missing or wrong,"
        " and those of others may be wrong, too: {name}"
    ),
    "chat.run_together": mark(
        "in 1 message a line may be another message whose own header was lost, or a quotation;"
        " `chat` with `coverage` shows it: {name}"
    ),
    "chat.undated": mark("1 message has no date or time that can be read: {name}"),
    "chat.undecodable": mark(
        "1 message holds bytes in no encoding that could be found, shown as \ufffd: {name}"
    ),
}
"""The same where `count` is 1."""
