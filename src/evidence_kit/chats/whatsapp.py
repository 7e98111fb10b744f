"""What WhatsApp itself writes into the body of a message that it exports.

Its words are in the language of the phone. A word that is missing here leaves the record a text
under its sender: of the two mistakes the one that hides nothing. For the same reason a notice
counts only where the whole body is the app's own sentences, since anybody can type their
beginning.
"""

import re
from collections.abc import Iterator

import msgspec

from evidence_kit.chats.phrases import flags_of, kind_of_body
from evidence_kit.chats.record import Flag, RecordKind

MARK = "\u200e"
DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u2068\u2069"
"""Of text; they stand around names."""
"""The left-to-right mark in front of most of what the app writes itself."""

_IN_BRACKETS = """
Media omitted|省略影音内容|省略多媒体文件|已省略多媒體檔案|忽略多媒體檔|Multimedia omitido
Archivo omitido|Mídia oculta|Mídia omitida|Ficheiro não revelado|Medien ausgeschlossen
Medien weggelassen|Médias omis|Fichier omis|Media omessi|Media omesso|Media weggelaten
Media jätetty pois|Без медиафайлов|Файл пропущен|メディアは含まれていません
미디어 파일을 제외한 대화내용|미디어 파일을 생략한 대화내용|Media tidak disertakan
Medya dahil edilmedi|Medya atlanmış
"""
_PLAIN = """
image omitted|video omitted|audio omitted|sticker omitted|GIF omitted|document omitted
Contact card omitted|imagen omitida|video omitido|audio omitido|sticker omitido|GIF omitido
documento omitido|Tarjeta de contacto omitida|imagem ocultada|imagem omitida|vídeo omitido
áudio ocultado|figurinha omitida|Cartão do contato omitido|Bild weggelassen|Video weggelassen
Audio weggelassen|Sticker weggelassen|GIF weggelassen|Dokument weggelassen
Kontaktkarte ausgelassen|image absente|vidéo absente|audio omis|sticker omis|GIF retiré
document manquant|immagine omessa|video omesso|audio omesso|documento omesso|GIF esclusa
Scheda contatto omessa|afbeelding weggelaten|video weggelaten|audio weggelaten
sticker weggelaten|document weggelaten|Visitekaartje weggelaten|изображение отсутствует
видео отсутствует|аудиофайл отсутствует|документ отсутствует|GIF отсутствует
画像は含まれていません|ビデオは含まれていません|音声は含まれていません
スタンプは含まれていません|ドキュメントは含まれていません|GIFは含まれていません|ei kuvaa
"""
_CHINESE_MEDIA = """
图片|图像|照片|视频|音频|语音|文件|文档|贴图|贴纸|GIF |GIF|GIF 动态图|联系人卡片|联系人名片
圖片|圖像|影片|音訊|語音|檔案|貼圖|聯絡人卡片
"""
_DELETED_WORDS = """
This message was deleted|You deleted this message|这条消息已删除|此消息已删除|你删除了这条消息
您删除了这条消息|你已删除此消息|您已删除此消息|你删除了此消息|您删除了此消息|此訊息已刪除
這則訊息已刪除|你已刪除此訊息|您已刪除此訊息|你已刪除這則訊息|您已刪除這則訊息|你刪除了這則訊息
Se eliminó este mensaje|Este mensaje fue eliminado|Eliminaste este mensaje|Mensagem apagada
Esta mensagem foi apagada|Você apagou esta mensagem|Diese Nachricht wurde gelöscht
Du hast diese Nachricht gelöscht|Ce message a été supprimé|Vous avez supprimé ce message
Questo messaggio è stato eliminato|Hai eliminato questo messaggio|Dit bericht is verwijderd
Je hebt dit bericht verwijderd|Tämä viesti poistettiin|Poistit tämän viestin
Данное сообщение удалено|Вы удалили данное сообщение|このメッセージは削除されました
メッセージを削除しました|삭제된 메시지입니다
"""
_CALL_WORDS = """
Missed voice call|Missed video call|Missed group voice call|Missed group video call|Voice call
Video call|未接语音通话|未接视频通话|语音通话|视频通话|未接語音通話|未接視像通話|未接視訊通話
未接語音來電|未接視訊來電|語音通話|視像通話|視訊通話|Llamada perdida|Llamada de voz perdida
Videollamada perdida|Chamada de voz perdida|Chamada de vídeo perdida|Verpasster Sprachanruf
Verpasster Videoanruf
"""


class Content(msgspec.Struct, frozen=True, gc=False):
    """What a message's body is."""

    kind: RecordKind
    body: str
    flags: tuple[Flag, ...] = ()
    attachments: tuple[str, ...] = ()


def _words(text: str) -> Iterator[str]:
    return (word for line in text.strip().splitlines() for word in line.split("|"))


def _stand_ins() -> Iterator[tuple[str, RecordKind, tuple[Flag, ...]]]:
    """The app's own words that are a whole body, what they are, and the flags for them."""
    forms = ("<{}>", "‹{}>", "‹{}›")
    omitted = [form.format(word) for word in _words(_IN_BRACKETS) for form in forms]
    omitted += _words(_PLAIN)
    omitted += [f"{k}已{word}" for k in _words(_CHINESE_MEDIA) for word in ("略去", "忽略", "省略")]
    yield from ((word, RecordKind.MEDIA, (Flag.PLACEHOLDER,)) for word in omitted)
    yield from ((word, RecordKind.DELETED, ()) for word in _words(_DELETED_WORDS))
    yield from ((word, RecordKind.MEDIA, ()) for word in _words(_CALL_WORDS))


_STAND_INS = {
    f"{word}{end}": (kind, flags) for word, kind, flags in _stand_ins() for end in ("", ".", "。")
}
_BY_ADMIN = "This message was deleted by admin "
_IOS_FILE = re.compile(
    # in any language: `word: name` in brackets, at the beginning or behind the mark
    r"(?:\A|\u200e)<[^\W\d_][^<>:：\n]{0,23}[:：] ?(?P<name>[^<>/\\\n]{1,255}\.\w{1,8})>\Z"
)
_ANDROID_FILE = re.compile(
    # the name and `(word)`, a caption below
    r"(?P<name>[^/\\\n]{1,255}\.\w{1,8}) (?:<attached>"
    r"|\((?:file attached|文件附件|附件檔案|檔案附件|archivo adjunto|arquivo anexado"
    r"|ficheiro anexado|Datei angehängt|fichier joint|file allegato|bestand bijgevoegd"
    r"|liitetiedosto|файл добавлен|添付ファイル有り|파일 첨부됨|file terlampir"
    r"|dosya ekli)\))(?:\n|\Z)"
)
_EDITED = re.compile(
    r"[ \n]?(?P<mark>\u200e?)<(?:This message was edited|(?:这条|此)消息已编辑"
    r"|(?:此|這則)訊息已編輯|Se editó este mensaje|Este mensaje fue editado"
    r"|(?:Esta )?[Mm]ensagem (?:foi )?editada|Diese Nachricht wurde bearbeitet"
    r"|Ce message a été modifié|Questo messaggio è stato modificato"
    r"|Сообщение изменено)\.?>\Z"
)
_EDIT_MARK = 60
"""Characters of the longest mark of an edit."""
_LONGEST = 320
"""Characters of the longest stand-in."""
_NOTICE = re.compile(
    # end-to-end encryption: what is encrypted, who can read it, where to learn more
    r"(?:Messages (?:and calls |you send to this (?:chat|group) )?are (?:now secured with )?"
    r"end-to-end encrypt(?:ed|ion)\.|Messages to this (?:chat|group) and calls are now secured "
    r"with end-to-end encryption\.)"
    r"(?: No one outside of this chat, not even WhatsApp, can read or listen to them\."
    r"| Only people in this chat can read, listen to, or share them\.)?"
    r"(?: Tap (?:to learn more|for more info)\.?| Learn more\.?)?"
    r"|消息和通话(?:已|都)?进行端到端加密。"
    r"(?:对话之外的任何人，甚至(?:包括|包含)? ?WhatsApp ?，?[都也]?(?:无法|不能)读取或收听。"
    r"|只有此聊天中的成员可以查看、收听或分享。)?(?:点击了解(?:更多|详情)。?)?"
    r"|(?:訊息[和與]通話|訊息)(?:經端對端加密|已?受端對端加密保護|都經過端對端加密)。"
    r"(?:對話以外的任何人 ?\(即使是 WhatsApp\) ?均無法查看或聆聽那些內容。"
    r"|此對話以外所有人，包括 WhatsApp 在內，都無法讀取或聽取。"
    r"|只有此對話的(?:參與者|成員)可以(?:讀取|查看)、(?:聆聽|收聽)或分享(?:內容)?。)?"
    r"(?:(?:點按|點擊)以?(?:瞭解|了解)(?:詳情|更多)。?)?"
    r"|Los mensajes y las llamadas están cifrados de extremo a extremo\."
    r"(?: Nadie fuera de este chat, ni siquiera WhatsApp, puede leerlos ni escucharlos\."
    r"| Solo las personas en este chat pueden leerlos, escucharlos o compartirlos\.)?"
    r"(?: (?:Toca|Pulsa) para obtener más información\.?| Obtén más información\.?)?"
    r"|As mensagens e as chamadas são protegidas com a criptografia de ponta a ponta"
    r"(?: e ficam somente entre você e os participantes desta conversa)?\."
    r"(?: Nem mesmo o WhatsApp pode ler ou ouvi-las\.)?(?: Toque para saber mais\.?)?"
    r"|Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt\."
    r"(?: Niemand außerhalb dieses Chats kann sie lesen oder anhören, nicht einmal WhatsApp\."
    r"| Nur Personen in diesem Chat können sie lesen, anhören oder teilen\.)?"
    r"(?: Tippe, um mehr zu erfahren\.?| Mehr erfahren\.?)?"
    r"|Les messages et les appels sont chiffrés de bout en bout\."
    r"(?: Aucun tiers, pas même WhatsApp, ne peut les lire ou les écouter\.)?"
    r"(?: Appuyez pour en savoir plus\.?)?"
    r"|Viestit ja puhelut salataan täysin\. Kukaan tämän keskustelun ulkopuolinen, ei edes "
    r"WhatsApp, voi lukea tai kuunnella niitä\.?(?: Napauta saadaksesi lisätietoja\.?)?"
    r"|メッセージと通話はエンドツーエンド暗号化されています。"
    r"(?:チャットの参加者以外は、たとえWhatsAppでも読んだり聞いたりすることはできません。)?"
    r"(?:タップして詳細を表示。?)?"
)

_NOTICE_BEGINNINGS = (
    "Messages ",
    "消息和通话",
    "訊息",
    "Los mensajes y",
    "As mensagens e",
    "Nachrichten und",
    "Les messages et",
    "Viestit ja",
    "メッセージと",
)
_FIRST = frozenset(text[0] for text in ("\n", "[", "【", _BY_ADMIN, *_NOTICE_BEGINNINGS))
_TEXT = RecordKind.TEXT
"""Looked up once: Python 3.11 takes long to find a member of an enumeration."""


def content_of(written: str) -> Content:
    """What stands behind a sender: text, or what the app put there.

    That is media, a call, a deletion, its mark of an edit, or its notice of encryption.

    >>> content_of("IMG-1.jpg (file attached)\\nas promised").attachments
    ('IMG-1.jpg',)
    >>> content_of("five days \\u200e<This message was edited>").body
    'five days'
    """
    body = written.lstrip(MARK)
    stand_in = _STAND_INS.get(body)
    if stand_in is not None:
        kind, flags = stand_in
        return Content(kind, body, flags)
    # nearly all the others are text, and four looks tell it
    if body[:1] in _FIRST or ")" in body or MARK in body or body[-1:] == ">":
        return _app_content(body.removeprefix("\n").lstrip(MARK))
    return Content(_TEXT, body)


def _app_content(body: str) -> Content:
    """What holds something that the app writes, and that people may type, too."""
    if is_notice(body):
        return Content(RecordKind.SYSTEM, body)
    edited = _EDITED.search(body, max(0, len(body) - _EDIT_MARK)) if body.endswith(">") else None
    if edited is None:
        return _unedited(body)
    # without the app's mark it may have been typed, and is a part of what was said
    found = _unedited(body[: edited.start()] if edited["mark"] else body)
    return msgspec.structs.replace(found, flags=(*found.flags, Flag.EDITED))


def _unedited(body: str) -> Content:
    stand_in = _STAND_INS.get(body)
    if stand_in is None and MARK in body and len(body) <= _LONGEST:
        # a document's name and pages stand before, a call's length behind
        stand_in = _STAND_INS.get(body.rpartition(MARK)[2] if "•" in body else "")
        stand_in = stand_in or _STAND_INS.get(body.partition(f", {MARK}")[0])
    if stand_in is not None:
        kind, flags = stand_in
        return Content(kind, body, flags)
    if body.endswith(">") or ")" in body:
        attached = _IOS_FILE.search(body) or _ANDROID_FILE.match(body)
        if attached is not None:
            return Content(RecordKind.MEDIA, body, (), (attached["name"],))
    if body.startswith(("[", "【")):
        return Content(kind_of_body(body), body, flags_of(body))
    if body.startswith(_BY_ADMIN) and "\n" not in body:
        return Content(RecordKind.DELETED, body)
    return Content(_TEXT, body)


def is_notice(body: str) -> bool:
    """Whether a body is the app's own notice of encryption and nothing else.

    >>> is_notice("Messages and calls are end-to-end encrypted. Tap to learn more.")
    True
    >>> is_notice("Messages and calls are end-to-end encrypted. I promise a refund.")
    False
    """
    return body.startswith(_NOTICE_BEGINNINGS) and _NOTICE.fullmatch(body) is not None
