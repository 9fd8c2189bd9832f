"""Why each line of the settings file is there: what an operator reads beside it."""

from __future__ import annotations

BANNERS = {
    "host": "服务",
    "support_opens": "人工客服时间（北京时间）",
    "smtp": "给离开的买家发邮件",
    "platforms": "平台：一个平台一家店",
    "channels": "渠道：公众号、微信客服、Telegram、Webhook、Chatwoot（docs/channels.md）",
    "engine_token": "密钥：自动生成，不要给人，不要改；丢了 vault_key，封存的内容就打不开了",
}

# `*` stands for a name that the operator chose
REASONS = {
    "host": "只在本机监听，外面由反向代理（Caddy、nginx）转进来",
    "port": "买家页面、挂件和工作台的端口",
    "public_url": "买家访问的地址；通知里的链接以它开头，空着就没有可用的链接",
    "data": "数据库、材料和备份都在这里，要备份的就是它",
    "database_url": "数据库；不写就是 data 里的 SQLite",
    "redis_url": "多台机器时互相通知；一台机器不需要",
    "calendar_file": "程序还不知道的年份的节假日",
    "support_opens": "开始；这之前转人工会说几点上班",
    "support_closes": "结束；和开始相同就是全天",
    "support_rest": "休息日的时间，例如 10:00-18:00；closed 不上班；空：和平日一样",
    "smtp": "发信服务器；买家同意后才发",
    "smtp.host": "发信服务器的名字",
    "smtp.port": "465 配 tls，587 配 starttls",
    "smtp.sender": "发件人",
    "smtp.security": "tls、starttls；none 只用于本机的服务器",
    "smtp.username": "登录名，通常就是发件人",
    "smtp.password": "很多邮箱要用授权码，不是登录密码",
    "platforms": "",
    "platforms.*": "代号：用在地址 /chat/代号 和挂件的 data-platform 里",
    "platforms.*.name": "买家看到的店名",
    "platforms.*.pack": "规则包，policies/ 里的 id；改完运行 tuika policy check",
    "platforms.*.shop": "订单从哪里读；退卡从不写店铺的库",
    "platforms.*.shop.kind": "店铺系统",
    "platforms.*.shop.database": "只读用户就够，授权语句见 docs/shops/",
    "platforms.*.shop.prefix": "表名前缀",
    "platforms.*.shop.order_expire_minutes": "店铺后台的“订单过期时间”（分钟）",
    "platforms.*.shop.goods": "商品名里的词说明它是哪类商品；店铺自己不记",
    "platforms.*.shop.merchant": "卖家的称呼；空：用店名",
    "platforms.*.shop.url": "平台接口的地址，不带 /v1",
    "platforms.*.shop.key_id": "共享密钥的编号",
    "platforms.*.shop.secret": "共享密钥，双方一致",
    "platforms.*.shop.channel_key": "dujiao-next 后台的渠道",
    "platforms.*.shop.channel_secret": "渠道的密钥，双方一致",
    "platforms.*.origins": "放挂件的网站；别的网站不能嵌它",
    "platforms.*.official_contacts": "官方联系方式：买家问“这是你们的客服吗”，只有这里登记的才答是",
    "platforms.*.official_contacts.phones": "官方电话",
    "platforms.*.official_contacts.emails": "官方邮箱",
    "platforms.*.official_contacts.domains": "官方网址的域名",
    "platforms.*.official_contacts.qq": "官方 QQ",
    "platforms.*.official_contacts.wechat": "官方微信",
    "platforms.*.official_contacts.telegram": "官方 Telegram",
    "platforms.*.official_contacts.others": "其他官方账号",
    "platforms.*.jwt_secret": "您的网站用它签发买家身份（HS256）；抄到网站后台，别处不要出现",
    "channels": "",
    "channels.*": "名称：服务商回调 /channels/名称",
    "channels.*.platform": "属于哪个平台",
    "channels.*.kind": "渠道种类",
    "channels.*.app_id": "公众平台 → 基本配置",
    "channels.*.app_secret": "公众平台 → 基本配置",
    "channels.*.token": "和服务商后台填的一致",
    "channels.*.aes_key": "EncodingAESKey，43 个字符",
    "channels.*.mode": "aes 安全模式，plain 明文模式；和后台一致",
    "channels.*.corp_id": "企业微信 → 我的企业",
    "channels.*.secret": "签名或登录用的密钥",
    "channels.*.open_kfid": "微信客服账号",
    "channels.*.bot_token": "@BotFather 给的",
    "channels.*.secret_token": "Telegram 每次回调都带它",
    "channels.*.public_url": "有域名才写，用 Webhook 接收；不写就轮询",
    "channels.*.proxy": "连不上 Telegram 时的代理",
    "channels.*.deliver_url": "退卡把答复发到这里",
    "channels.*.url": "Chatwoot 的地址",
    "channels.*.account_id": "Chatwoot 的账户编号",
    "channels.*.inbox_id": "Chatwoot 里 API 类型的收件箱",
    "channels.*.webhook_secret": "收件箱的密钥",
    "engine_token": "服务问 Rasa 用",
    "action_token": "Rasa 回头问服务用",
    "vault_key": "封存卡密、证件号；要换：写成 新,旧 再运行 tuika vault rotate",
    "session_secret": "签发会话和链接；换了，买家和客服都要重新登录",
    "shop_key": "封存店铺的卡密",
}
KEPT = "原来就有的，照旧"


def reason_for(path: tuple[str, ...]) -> str:
    """The words beside a line; ``KEPT`` for one that was never asked for."""
    shown = list(path)
    if len(shown) > 1 and shown[0] in ("platforms", "channels"):
        shown[1] = "*"
    return REASONS.get(".".join(shown), KEPT)
