"""The words for every code: errors with their hints, findings, observations, limits.

English here; Chinese in locale/zh_CN. A test fails on a code without words, on words
without a code, and on a text without its Chinese.
"""

from evidence_kit.messages.chats import CHAT_SINGULARS
from evidence_kit.messages.diagnoses import DIAGNOSES
from evidence_kit.messages.errors import ERRORS
from evidence_kit.messages.findings import FINDINGS
from evidence_kit.messages.limits import LIMITS
from evidence_kit.messages.message import Message
from evidence_kit.messages.observations import OBSERVATIONS

__all__ = [
    "CHAT_SINGULARS",
    "DIAGNOSES",
    "ERRORS",
    "FINDINGS",
    "LIMITS",
    "OBSERVATIONS",
    "Message",
]
