"""Small things read from a buyer's words without the engine: whose mistake, what failed, how much.

Invariants: pure functions of a text; what they cannot tell is None, never a guess. The amounts here are
wishes; what is paid is the policy's business.
"""

from __future__ import annotations

import re
import unicodedata

from tuika.safety.folding import simplified

_OWN = re.compile(
    r"(?:我|自己|本人|手|俺|老子)[^，。,.!！？?]{0,12}(?:填错|输错|打错|写错|选错|按错|敲错|搞错|弄错|少打|多打|少输|多输|少写|漏|手滑|看错|记错|贴错|复制错|点错|充错|冲错)"
    r"|手滑|手抖|手误|手贱|粗心|(?:填|输|打|写|选)错了?(?:账|帐|号|qq|手机|区|服|一位|个)|少(?:打|输|写|填)了?一位|多(?:打|输|写|填)了?一位|填成|输成|打成|写成"
)
_THEIRS = re.compile(
    r"(?:商家|店家|卖家|你们|平台|系统|客服|他们?|她|老板|上家)[^，。,.!！？?]{0,14}(?:充错|冲错|充到|冲到|搞错|弄错|弄到|打到|充给|充进|填错|发错|充成)"
    r"|(?:没|没有|不是我)[^，。,.]{0,3}(?:填错|输错|打错|写错)|我(?:填|写|输|打)的(?:明明)?(?:是|没错|对)|不是我(?:的错|弄错|填错|的问题)|我没错"
)


def normal(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text).lower().strip())


def own_error(text: str) -> bool | None:
    """True: the buyer says the mistake was his; False: somebody else's; None: not said."""
    plain = normal(text)
    if _THEIRS.search(plain):
        return False
    return True if _OWN.search(plain) else None


_HALF = re.compile(r"一半|半价|对半|百分之五十|50%")


def wished_share(text: str, total_fen: int) -> int | None:
    """A part of the money wished for without an amount, in fen."""
    return total_fen // 2 if _HALF.search(normal(text)) else None


_CORRECTS = re.compile(
    r"不对|不是这|不是那|应该是|准确说|准确的说|确切|搞错|弄错|说错|看错|发错|记错|换成|改成|其实是|是另|另外那|我是说|我说的是"
)


def corrects(text: str) -> bool:
    """Whether the buyer takes back what was understood or said."""
    return _CORRECTS.search(normal(text)) is not None


_ANOTHER = re.compile(r"另|别的|其他|还有一|再有一|换一单|那笔|那单")


_DISPUTES = re.compile(
    r"(?:查|弄|搞|看|判|算)错|不可能|哪[里儿]?(?:有)?(?:收|用|到)|瞎说|胡说|乱说|骗人|不认|不信|凭(?:什么|啥)|不服|不接受|不同意|才怪|放屁"
    r"|我(?:真的?|根本|压根|明明)?(?:就是)?没(?:有)?(?:用|收|动|看|点|开|激活|碰)|没道理|不讲理"
)


def disputes(text: str) -> bool:
    """Whether the words contest what was just told."""
    return _DISPUTES.search(normal(text)) is not None


_SHORT_OF = re.compile(r"只(?:到|收|退|有)|少(?:了|退)|应该?(?:是|退)?\d")


def short_of(text: str) -> bool:
    """Whether less money is said to have come than was due."""
    return _SHORT_OF.search(normal(text)) is not None


_MISTYPED = re.compile(r"看错|看岔|看串|记错|打错|输错|发错|填错|写错|搞混|弄混|不对|应该是|不是这")


def mends_number(text: str) -> bool:
    """Whether the words mend a number, and say nothing else."""
    rest = re.sub(r"[\sA-Za-z0-9-]", "", text)
    return len(rest) <= 14 and _MISTYPED.search(rest) is not None


def another(text: str) -> bool:
    """Whether the words point away from what was just talked about."""
    return _ANOTHER.search(normal(text)) is not None


_THE_OTHER = re.compile(
    r"^(?:好了?|行|嗯+|ok|那|还有|再|[，,。 ])*(?:说|弄|办|处理|看|退)?(?:下|一下)?(?:另外?|剩下|下)的?(?:那|这)?一?[个单笔张]"
)


def the_other(text: str) -> bool:
    """Whether the other one of two is meant ("好了，另一个")."""
    return _THE_OTHER.match(normal(text)) is not None


def tells(text: str) -> bool:
    """Whether there is more in a text than numbers."""
    return len(re.findall(r"[\u4e00-\u9fff]", text)) >= 6


_BALANCE = re.compile(r"(?:退|打|返|放|转|存)[^，。,]{0,8}余额|余额里|要余额|退余额")
_CANCELS = re.compile(
    r"(?:帮我|给我|替我|我要|我想|麻烦|请)[^，。,]{0,8}取消|取消(?:掉)?(?:这个|这笔|我的)?(?:订单|单子|这单)?[吧了啊]?$|取消掉|(?:能|可以|可不可以|想|要)(?:不能)?取消(?:订单|这单|它|这个)?[不吗么嘛?？]*$"
)
_CANCELLED = re.compile(r"被|自动|系统|商家|卖家|店家|平台|他们?|莫名|显示|已经?取消")
_WORDS_OF_REASON = (
    (
        "wrong_recharge",
        re.compile(
            r"[充冲]错|填错|输错|打错|打成|填成|少打|多打|号码不对|充到别|充给别|[充冲]到(?!账|帐).{0,8}[号上]"
        ),
    ),
    (
        "invalid_card_key",
        re.compile(
            r"被.{0,6}(?:用(?:过|了|掉)|使用|兑换|激活|绑定|占用|领)|已经?(?:被)?(?:使用|兑换)|不存在|(?<!没)(?<!没有)(?<!从没)用过[了的]|别人用|用不了|无效|过期|打不开"
            r"|兑换失败|兑不了|激活不了|失效|不能用"
        ),
    ),
    (
        "no_delivery",
        re.compile(
            r"没收到|[没未]收货|没到(?!期)|没发货|(?:没|未)(?:有)?出[货卡]|还没发|不发[货卡码]|没(?:有)?(?:拿到|给)(?:到|我)?(?:东西|货|卡|码)|没 ?fa ?huo|没给我|少[发给][^，。,]{0,4}[张个条组份件]|未到|还不给我|没来|没动静|没反应|没影"
            r"|(?:没|未)(?:有)?(?:打|做|完)(?:完|成|好)|超时|[天时]了才"
        ),
    ),
    (
        "not_as_described",
        re.compile(r"不一样|不符|货不对板|缩水|面值不|标.{0,8}实际|[只就才](?:充|到账|开)了?\s*\d"),
    ),
)

_NO_HAN = re.compile(r"[^\u4e00-\u9fff]+")
_WISH_WORDS = re.compile(
    r"你好|您好|在吗|老板|客服|亲|麻烦|谢谢|请问|请|帮我|给我|我?要求?|我?想|申请|全额|退款|退钱|退掉|退|订单号?|单号|这?[笔单个]|一下|[的了吧哈呀啊呢]"
)
_OF_PROGRAMS = re.compile(r"[{}<>$\\]|;--")
_ENGLISH_TROUBLE = re.compile(
    r"charg|twice|double|pa(?:y|id)|key|code|used?\b|wrong|deliver|receiv|cancel|invalid"
)
_A_GUESS = 14  # characters; longer ones say enough for the engine
_MONEY_MISSED = re.compile(
    r"[钱錢款账賬帐帳退元块返]|[没沒未冇](?:有)?(?:到|收|进|進|返|打|转|影|动静)|收到|不见|余额|卡里|打[回来了]|转[回来了]|到手|入[数账]"
    r"|^(?:还|都|也|真|依然|仍然)*(?:没有?|没得|冇|未)(?!图|别|其他|用)|refund|money|card|tuikuan|daozhang"
)
_CONTRASTS = re.compile(
    r"(?:买|拍|标|写|说|要|订)的(?:可|明明)?是[^，。,？?]{1,12}[，,]?(?:结果|却|可|但|给我|发来|发给|来的|到手|收到)"
)


def contrasts(text: str) -> bool:
    """Whether what was bought is set against what came."""
    return _CONTRASTS.search(normal(text)) is not None


_COMPLAINS = re.compile(
    r"一直|怎么还|还不|老不|不等了|等了|半天|迟迟|多久了|(?:小时|分钟|天|钟头)了?.{0,4}(?:还|没|不)"
)


def complains(text: str) -> bool:
    """Whether what is missing is complained of, and not only mentioned."""
    return _COMPLAINS.search(normal(text)) is not None


_PART = re.compile(
    r"一半|半|部分|一点|多少|些|几[块十百]|\d\s*(?:元|块)|差价|差额|折|扣|商量|协商|剩|没用(?:完|掉)的|%|百分"
)
_OTHER = re.compile(r"换|补|重发|重新发|再发|新的|另发|延|续|能用的|再给")


def names_part(text: str) -> bool:
    """Whether the words speak of a part of the money, or of bargaining."""
    return _PART.search(normal(text)) is not None


def names_other(text: str) -> bool:
    """Whether the words speak of something else in place of money."""
    return _OTHER.search(normal(text)) is not None


_OTHER_ONE = re.compile(
    r"换(?:个|一?[张个份条]|新|张|成)|(?:重新|再|补|重)(?:发|给)(?:我)?(?:一?[张个份条]|新)|补发|重发(?!起)"
)
_A_PART = re.compile(r"差价|差额|退(?:我)?(?:一半|一部分|部分)|部分退")
_NOT_MONEY = re.compile(r"(?:不|别|无需|不用|甭)(?:要|想|用)?(?:退|赔)")


def wish_in_words(text: str) -> str | None:
    """``exchange`` or ``partial``, where a report of what went wrong plainly asks for that in place of the money."""
    plain = normal(text)
    if _OTHER_ONE.search(plain) and not wants_money(_NOT_MONEY.sub("", plain)):
        return "exchange"
    return "partial" if _A_PART.search(plain) else None


_MONEY_BACK = re.compile(
    r"(?<![a-z])tk(?![a-z])|tui ?kuan|退kuan|要(?:回)?我的钱|退款|退钱|退了|退给|退我|给退|想退|退一下|退掉|退吧|要退|退回|赔|还我|还钱"
)


def wants_money(text: str) -> bool:
    """Whether the words ask for money back."""
    return _MONEY_BACK.search(normal(text)) is not None


_ANEW = re.compile(
    r"(?:重新|再|另外)[^，。,？?]{0,4}(?:申请|提交|退|交|走|递|弄|办|来)(?!诉)|重来|补(?:上|齐|好)[^，。,]{0,6}(?:重新|再)"
)


def files_anew(text: str) -> bool:
    """Whether the words ask for a new request rather than another look at the old one."""
    plain = normal(text)
    return _ANEW.search(plain) is not None and "申诉" not in plain and "不服" not in plain


_BOTH = re.compile(r"和|跟|以及|都|还有|一起|、|及|与")


def names_several(text: str) -> bool:
    """Whether several numbers are meant together, rather than one in place of another."""
    plain = normal(text)
    return _BOTH.search(plain) is not None and not corrects(text) and "不是" not in plain


_CLOSED = re.compile(r"取消|关闭|关了|砍|退单|撤单|作废|下架|没货|缺货|断货|拒单")


def tells_of_cancelling(text: str) -> bool:
    """Whether the words say that an order was closed, and do not only resemble it."""
    return _CLOSED.search(normal(text)) is not None


_THREATENS = re.compile(r"否则|不然|要不然|再不")


def threatens(text: str) -> bool:
    """Whether a complaint is only what will follow if nothing is done."""
    return _THREATENS.search(normal(text)) is not None


_URGES = re.compile(r"快点|赶紧|赶快|催|急用|急着|着急|速度发|怎么还|还要等多久|多久发|啥时候发|什么时候发")


def urges(text: str) -> bool:
    """Whether the words press for goods that are due."""
    return _URGES.search(normal(text)) is not None


_GOODS = re.compile(r"(?:没|未|不)(?:有)?(?:收到|发|给|来|见)(?:过|我|到)?(?:货|卡|东西|商品)")
_REFUND_DUE = re.compile(r"退款.{0,4}(?:没|未|还|不)|(?:钱|款).{0,6}(?:没|未|不)|没退|到[账帐]|没到")


def misses_goods(text: str) -> bool:
    """Whether it is the goods that did not come, and not the money back."""
    plain = normal(text)
    return _GOODS.search(plain) is not None and _REFUND_DUE.search(plain) is None


_WHETHER = re.compile(r"(?:退|到|打|转|下来)(?:了|账|款)*(?:没有?|吗|么|嘛|不)(?:[，,。?？ ]|$)|退了多少")
_MISSING = re.compile(r"(?:没|未|不)[^，。,]{0,3}(?:收到|到账|见|进来|退到|退给)|少了|不够|差")


def bare_wish(text: str) -> bool:
    """Whether a wish for money, or nothing, is all that the words say, whatever of letters and signs stands there."""
    plain = normal(text)
    if _ENGLISH_TROUBLE.search(plain) or not ("退" in plain or _OF_PROGRAMS.search(plain)):
        return False
    return not _WISH_WORDS.sub("", _NO_HAN.sub("", plain))


def misses_money(text: str) -> bool:
    """Whether words that are taken for "my refund did not come" speak of money or of what did not come at all."""
    plain = normal(text)
    return len(plain) > _A_GUESS or _MONEY_MISSED.search(plain) is not None


def asks_whether(text: str) -> bool:
    """Whether it is only asked if the money went or came, and nobody says that it did not."""
    plain = normal(text)
    return _WHETHER.search(plain) is not None and _MISSING.search(plain) is None


_REGRETS = re.compile(
    r"(?:能|可以|想|要)(?:不能)?取消|不(?:太|怎么|是很|大)?想(?:再)?[要用玩看]|不(?:太)?需要|已经有(?:了|一[张个份])|家里有|手快|重复买|买重|不要了|不需要|用不上|不喜欢|觉得不好|用不惯|不合适|不值|买错|拍错|点错|下错|选错|买多|后悔|反悔|冲动|不想买|无理由"
)


def regrets(text: str) -> bool:
    """Whether the buyer says that he does not want the goods, whatever became of them."""
    return _REGRETS.search(normal(text)) is not None


_OWN_STORY = re.compile(
    r"我(?!想问|就问|问)|俺|本人|刚(?:刚|才|买)|昨天|今天|前天|上周|这[张个单笔]|买了|拍了"
)
_SUPPOSED = re.compile(r"如果|要是|假如|万一|的话|一般|通常|比如|假设")


def tells_own_case(text: str) -> bool:
    """Whether the words tell, beside what they ask, what went wrong or is not wanted, of an order of the writer's."""
    plain = normal(text)
    told = reason_in_words(plain) is not None or regrets(plain)
    return told and len(plain) >= 10 and _OWN_STORY.search(plain) is not None and not _SUPPOSED.search(plain)


def to_balance(text: str) -> bool:
    """Whether the buyer wants the money in his balance on the platform."""
    return _BALANCE.search(normal(text)) is not None


def wants_to_cancel(text: str) -> bool:
    """Whether the words ask to cancel an order, rather than tell that it was cancelled."""
    plain = re.sub(r"[\sA-Za-z0-9]", "", text)
    return _CANCELS.search(plain) is not None and _CANCELLED.search(plain) is None


def reason_in_words(text: str) -> str | None:
    """The reason that a wish names in plain words, by its value; None: it names none."""
    plain = normal(text)
    return next((reason for reason, words in _WORDS_OF_REASON if words.search(plain)), None)
