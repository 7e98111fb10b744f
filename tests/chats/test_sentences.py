"""Sentences as shops and buyers write them: what is marked in each, and how it is tagged."""

import pytest

from evidence_kit.chats.clauses import tags_of
from evidence_kit.chats.marks import find_hits
from tests.chats.chatting import LEXICONS

PROMISES = {
    "保证24小时内发货": "保证 promise; 24小时内发 promise",
    "24小时内不发货包退": "24小时内不发 promise negated; 包退 promise",
    "24小时内不发": "24小时内不发 promise negated",
    "24小时内发不了": "24小时内发 promise negated",
    "三天内没法发货": "三天内没法发 promise negated",
    "不会24小时内发货": "24小时内发 promise negated",
    "三天内无条件退款": "三天内无条件退 promise",
    "不满意包退": "包退 promise",
    "不能用包换": "包换 promise",
    "不好用包退": "包退 promise",
    "不想要包退": "包退 promise",
    "没收到货包赔": "没收到 claim; 包赔 promise",
    "不到账包赔": "包赔 promise",
    "没货包退": "包退 promise",
    "假一赔十": "假一赔十 promise",
    "不是正品假一赔十": "假一赔十 promise",
    "不成功不收费，没到账全额退款": "没到账 claim; 全额退 promise",
    "七天无理由退款": "七天无理由 promise; 退款 claim",
    "我们不保证": "保证 promise negated",
    "我们不保证什么": "保证 promise negated",
    "没有办法向您保证": "保证 promise negated",
    "不能百分百保证": "保证 promise negated",
    "难以保证": "保证 promise negated",
    "我们不包退": "包退 promise negated",
    "不承诺包退": "承诺 promise negated; 包退 promise negated",
    "不提供质保": "质保 promise negated",
    "没说包退": "包退 promise negated",
    "质保不了": "质保 promise negated",
    "保证后续服务": "保证 promise",
    "保证后天发货": "保证 promise; 后天发货 promise",
    "不管怎么样都包退": "包退 promise",
    "什么时候都可以包退": "包退 promise",
    "能包退么": "包退 promise question",
    "包不包退": "包退 promise question",
    "亲，我们承诺48小时内发货呢": "承诺 promise; 48小时内发 promise",
    "如果48小时内没发货，全额退款": "48小时内没发 promise negated condition; 全额退 promise",
    "如果没发货三天内退款": "没发货 claim condition; 三天内退 promise",
    "付款后5分钟内自动发货": "5分钟内自动发 promise",
    "下午6点前付款今天发货": "下午6点前付款今天发 promise",
    "明天给您发": "明天给您发 promise",
    "明天发": "明天发 promise",
    "三天内必达": "三天内必达 promise",
    "晚上8点前肯定到": "晚上8点前肯定到 promise",
    "8点前没到": "8点前没到 promise negated",
    "明天不发": "",
    "明天肯定不给您发": "明天肯定不给您发 promise negated",
    "今天发现问题": "",
    "明天发货": "明天发货 promise",
    "马上发货了": "马上发货 promise",
    "本店自动发卡": "自动发卡 promise",
    "支持退货吗": "支持退 promise question",
    "We guarantee it ships today": "guarantee promise; ships today promise",
    "We don’t guarantee delivery": "guarantee promise negated",
    "If it does not work money back": "does not work claim condition; money back promise",
    "Full refund if not received": "Full refund promise; not received claim condition",
    "no money back": "money back promise negated",
    "We will have it delivered tomorrow": "delivered tomorrow promise",
    "we never said full refund": "full refund promise negated",
}
DELIVERIES = {
    "已发货": "已发货 delivery",
    "发货了": "发货了 delivery",
    "亲，发货了哦~": "发货了 delivery",
    "发货了😊": "发货了 delivery",
    "已经给您发货了": "已经给您发货 delivery",
    "昨天就发货了": "发货了 delivery",
    "售后已退款": "已退款 delivery",
    "后台显示已发货": "已发货 delivery",
    "您要的卡密已发到您邮箱": "已发到 delivery",
    "已发货呢亲": "已发货 delivery",
    "会员已充值": "已充值 delivery",
    "别着急，已发货": "已发货 delivery",
    "卡密：AB12-CD34": "卡密： delivery",
    "已发货会尽快到": "已发货 delivery",
    "等发货了告诉您单号": "发货了 delivery condition",
    "发货了告诉您单号": "发货了 delivery condition",
    "发货后会显示已发货": "已发货 delivery condition",
    "已发货后不能改地址": "已发货 delivery condition",
    "已发货的订单不退": "已发货 delivery condition; 不退 refusal",
    "如果已发货您拒收": "已发货 delivery condition",
    "付款就发货了": "发货了 delivery condition",
    "准备发货了": "发货了 delivery condition",
    "可以发货了": "发货了 delivery condition",
    "已安排发货": "",
    "安排发货了": "发货了 delivery condition",
    "已通知仓库发货": "",
    "已经申请退款": "退款 claim",
    "已经给您全额退款": "已经给您全额退款 delivery",
    "已经不能退款": "不能退 refusal",
    "还没有发货": "",
    "没有已发货": "已发货 delivery negated",
    "不想发货了": "发货了 delivery negated",
    "发货了没": "发货了 delivery question condition",
    "发货了没有": "发货了 delivery question condition",
    "已发货吗": "已发货 delivery question",
    "卡密24小时内发": "24小时内发 promise",
    "付款后自动发卡密": "自动发卡 promise",
    "Delivered within 5 minutes": "Delivered delivery condition; within 5 minutes promise",
    "Delivered after payment": "Delivered delivery condition",
    "Once it is shipped you get a number": "shipped delivery condition",
    "When shipped you get a number": "shipped delivery condition",
    "It will be shipped": "shipped delivery condition",
    "It has been shipped": "shipped delivery",
    "Your order was delivered": "delivered delivery",
    "Not shipped yet": "shipped delivery negated",
    "It hasn’t actually shipped": "shipped delivery negated",
    "Your activation code: AB12": "Your activation code: delivery",
    "We will send the tracking number": "",
}
OTHERS = {
    "不退": "不退 refusal",
    "拆封不退": "不退 refusal",
    "没说不退": "不退 refusal negated",
    "我们从来没说过不退": "不退 refusal negated",
    "如果不退款": "不退款 refusal condition",
    "不发我投诉12315了": "投诉 claim; 12315 claim",
    "不想投诉": "投诉 claim negated",
    "没收到的话联系我": "没收到 claim condition",
    "如果您没收到": "没收到 claim condition",
    "用不了": "用不了 claim",
    "请勿私下转账": "私下 off_platform negated; 转账 off_platform negated",
    "不要转账": "转账 off_platform negated",
    "加我微信": "加我微信 off_platform",
    "不发货能退款吗？": "退款 claim question",
    "I don't want a refund": "refund claim negated",
    "If it is expired tell us": "expired claim condition",
}


def told(text: str) -> str:
    """What is marked, in the order of the text: words, category, tags."""
    hits, _ = find_hits(text, LEXICONS)
    return "; ".join(
        " ".join((text[hit.start : hit.end], hit.category, *tags_of(text, hit, LEXICONS)))
        for hit in hits
    )


@pytest.mark.parametrize(("text", "wanted"), (PROMISES | DELIVERIES | OTHERS).items())
def test_sentence_is_marked_and_tagged(text: str, wanted: str) -> None:
    assert told(text) == wanted


@pytest.mark.parametrize("sign", ["，", "。", "\n", ",", "; "])
@pytest.mark.parametrize("text", ["等您付款", "如果可以", "不行", "没说"])
def test_clause_before_changes_nothing(text: str, sign: str) -> None:
    assert told(f"{text}{sign}已发货") == "已发货 delivery"
