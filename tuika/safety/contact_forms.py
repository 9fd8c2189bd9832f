"""How contacts are written by people who do not want them to be found.

Invariants: each pattern reads folded, lower-case, simplified text; a label (QQ, 微信, …) may be drawn, spelt or swapped
for what sounds like it; digits and letters of a labelled account may stand apart. A number without a label is a phone
only in the forms that phones have.
"""

from __future__ import annotations

import re

_TLD = (
    r"(?:com|cn|net|org|top|xyz|vip|shop|store|online|site|club|cc|io|co|me|info|biz|app|link|live|work|ltd|pro|wang"
    r"|ink|fun|tech|asia|hk|tw|us|ru|tk|pw|icu|cyou|life|world|mobi|tv|in|one|plus|dev|ai|so|la|ly|gg|kim|ren|win|bid|loan|love|中国|网址|公司|网络)"
)
_DOT = r"(?:\s?[.。．·]\s?|\s?点\s?|\[\.\]|\(\.\)|\s?[\[(]?dot[\])]?\s?)"
_LABEL = r"[a-z0-9\u0370-\u058f](?:[a-z0-9\u0370-\u058f-]{0,61}[a-z0-9\u0370-\u058f])?"
_APART = r"[\s.·•_*~,、/|-]{1,2}"
_GLUE = r"[\s:：=是为号码的id账加群我们+、/(（❤♥-]{0,6}"
_ADDS = r"(?:加|添|找|联系|私|发我?|我的?|[的在用去]|➕|\+)\s{0,2}"

_QQ_NAMES = r"q\s?q|q号|q群|扣扣|抠抠|叩叩|企鹅号?|秋秋|蔻蔻|口口号?|鹅号|群号?(?=\s{0,2}[:：]?\s{0,2}[1-9])|[你您来请]扣我"
_QQ_SHORT = rf"(?:{_ADDS}(?:我|他|她|个|下|一下|客服|号)?(?:q|扣|企鹅|鹅)|(?<![\u4e00-\u9fffa-z0-9])(?:q|扣))"
_WECHAT_NAMES = r"(?:[微薇威徽维卫]\s?[信言芯心星x]|v\s?[❤♥]?\s?信|wei\s?信|微xin|wei\s?xin|we\s?chat|v[x×]|w[x×]|v\s?-\s?x|w\.x|v:|绿泡泡|小绿|企微|企业微信|卫星)"
_WECHAT_SHORT = rf"(?:{_ADDS}(?:我|他|她|个|下|一下|客服)?(?:[微薇威]|v)|(?<![a-z0-9\u4e00-\u9fff])(?:[微薇]|v)(?=\s?[:：❤♥]))"
_NUMBER = rf"(?:[1-9][0-9]{{4,10}}|[1-9](?:{_APART}[0-9]){{4,10}}|[1-9][0-9]{{1,3}}(?:[ .-][0-9]{{2,4}}){{1,3}})(?![0-9a-z])"
_NAME = (
    r"(?:[a-z][a-z0-9_-]{5,19}|1[3-9][0-9]{9}|1(?:[\s.·*_-]{1,2}[0-9]){10}|1[3-9][0-9][ .-][0-9]{4}[ .-][0-9]{4}"
    rf"|[a-z](?:{_APART}[a-z0-9]){{5,19}})(?![a-z0-9_-])"
)
_APPS = r"(?:钉钉|抖音|快手|小红书|陌陌|闲鱼|咸鱼|skype|whatsapp|(?<![a-z])line|公众号|视频号|支付宝|旺旺|potato|蝙蝠|signal)"

EMAIL = re.compile(
    r"[a-z0-9._%+-]{1,64}\s?(?:@|#(?=qq|16|gmail|outlook)|[\[(]at[\])]|艾特)\s?[a-z0-9-]{1,63}(?:(?:\.|[\[(]dot[\])]|\[\.\])[a-z0-9-]{1,63})+"
)
URL = re.compile(r"(?:https?|hxxps?)://[^\s\u4e00-\u9fff，。；！、）)」』”\"'<>]+")
DEEP_LINK = re.compile(
    r"(?<![a-z])(?!https?:|hxxps?:)[a-z][a-z0-9+.-]{2,20}://[^\s\u4e00-\u9fff，。；！、）)」』”\"'<>]+"
)
TELEGRAM = re.compile(
    r"(?:https?://)?(?:t\.me|telegram\.me)/(?:joinchat/)?(?P<v>\+?[a-z0-9_]{4,40})"
    rf"|(?:telegram|tg|电报|纸飞机|飞机号?){_GLUE}@?(?P<w>[a-z][a-z0-9_]{{4,31}})(?![a-z0-9_])"
)
DOMAIN = re.compile(
    rf"(?<![a-z0-9@._-])(?:{_LABEL}{_DOT}){{1,5}}{_TLD}(?![a-z0-9-])(?:[:/][^\s\u4e00-\u9fff，。；！、）)]*)?"
)
WECHAT = re.compile(rf"(?:(?<![a-z]){_WECHAT_NAMES}|{_WECHAT_SHORT}){_GLUE}(?P<v>{_NAME})")
QQ = re.compile(rf"(?:(?<![a-z])(?:{_QQ_NAMES})|{_QQ_SHORT})[.。]?{_GLUE}(?P<v>{_NUMBER})")
OTHER = re.compile(
    rf"(?P<v>{_APPS}(?:号|账号|帐号|id)?{_GLUE}@?(?:live:)?(?!20[0-9]{6})(?=[a-z0-9_.-]*[0-9_])[a-z0-9][a-z0-9_.-]{{4,30}})(?![a-z0-9_-])"
)
PHONE = re.compile(
    r"(?<![0-9a-z])(?:\+?86[ -]?)?(?P<m>1[3-9][0-9][ .-]?[0-9]{4}[ .-]?[0-9]{4})(?![0-9a-z])"
    rf"|(?<![0-9a-z])(?P<n>1{_APART}[3-9](?:{_APART}[0-9]){{9}})(?![0-9a-z])"
    r"|(?<![0-9a-z-])(?P<s>[48]00[ .-]?[0-9]{3}[ .-]?[0-9]{4}|[48]00[ .-]?[0-9]{4}[ .-]?[0-9]{3}"
    r"|[48][0o]{2}[ .-][0-9oli]{3}[ .-][0-9oli]{4}|[48]00-[0-9]{3}-[0-9]{3}|[48]00[ .-][0-9]{3}[ .-][0-9]{5})(?![0-9a-z])"  # and its imitations
    r"|(?<![0-9a-z-])(?P<l>0(?:10|2[0-9]|[3-9][0-9]{2})[ -]?[2-8][0-9]{6,7})(?![0-9a-z])"
    r"|(?<![0-9a-z])(?P<i>(?:\+|00)[1-9][0-9]{0,2}(?:[ -]?[0-9]){7,12})(?![0-9a-z])"
    r"|(?<![0-9a-z.-])(?P<p>95[0-9]{3,4}|96110|123(?:15|21|77|81|45)|10086|10010|10000|1069[0-9]{4,16})(?![0-9a-z-])"
)
