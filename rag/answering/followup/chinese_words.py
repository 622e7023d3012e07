"""Words and forms that several rules for Chinese questions look for."""

from __future__ import annotations

import re

__all__ = [
    "AMOUNT",
    "ASK",
    "CLASSIFIER",
    "COUNTED",
    "EXTREME",
    "HOW_MANY",
    "LONGEST_PLACE",
    "NAMED",
    "PERSON",
    "REGION",
    "ROLE",
    "ROLES",
    "UNIT",
    "UNIT_ALONE",
    "VERB",
]

ASK = (
    "是什么时候|什么时候|什么时间|什么地方|是多少|有多少|多少|为什么|为何|什么|甚麼|什麼|哪一|哪些|哪几|哪幾|哪|"
    "几[个個位家种種项項年月号號处處条條所届点]|幾[個位家種項年月號處條所屆點]|谁|誰|如何|怎么样|怎么|怎樣|怎样|"
    "是否|有没有|有沒有|何时|何時|何地|何处|吗|嗎|呢"
)

CLASSIFIER = "个個家位种種项項处處条條所座件辆輛户戶名支场場册冊部本篇份套栋棟间間类類台只隻艘"
#: What is counted or chosen stands behind an asking word with its classifier, up to what is said of it:
#: 多少个|村庄|的规划, 哪些|医院|要.
COUNTED = re.compile(
    rf"(?:(?:多少|哪几|哪幾|几|幾)[{CLASSIFIER}]|哪些)(?P<noun>[\u4e00-\u9fff]{{2,12}}?)"
    r"(?=[的要将將会會是在有被由能可获獲参參开開举舉完加列入通纳納升用改]|[^\u4e00-\u9fff]|$)"
)
#: Units that an amount is asked in: 请几天|事假, 买多少斤|苹果.
UNIT = "[万萬亿億千百]*元|天|周|週|个?月|個月|年|小时|小時|分钟|分鐘|次|公?斤|[千毫]?克|毫?升|吨|噸"

NAMED = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·]{1,20}?(?:有限公司|公司|集团|集團|大学|大學|学院|學院|[小中]学(?!生)|[小中]學(?!生)|学校|學校|幼儿园|幼兒園|医院|醫院|中心|协会|協會|局|"
    r"社区|社區|小区|小區|街道|新区|新區|示范区|示範區|(?<![街片])区|(?<![街片])區|市|县|縣|省|镇|鎮|村|国|國|岛|島|山|河|湖|湾|灣|港|"
    r"路|街|站|桥|橋|塔|寺|宫|宮|馆|館|书记|書記|局长|局長|部长|部長|主任|市长|市長|平台|计划|計劃|工程|活动|活動)"
    r"(?:新区|新區|(?<=[山岛島河湖湾灣港])(?:[区區市县縣路街镇鎮村站]|"
    r"(?:风景名胜|風景名勝|风|風|历史文化|歷史文化|文化|旅游|旅遊|商业|商業|步行)?[社小校园園景街片][区區]))?"
)

#: What is counted, where the classifier is one for areas: 多少个, 几处, but not 多少家.
HOW_MANY = re.compile(r"(?:多少|几|幾)(?P<of_areas>[个個处處片座])?(?P<noun>[\u4e00-\u9fff]*)")

#: 会 as a verb, and not in 会员, 会计, 会长 or 委员会: 会计划 and 会长期 are verbs.
_WILL = (
    "(?<![协協社大])(?<!委员|委員|董事|监事|監事|理事|基金|运动|運動|博览|博覽|联合|聯合)"
    r"[会會](?!议|議|展|员|員|[计計](?![划劃算])|[长長](?!期|久|大)|场|場|所|费|費|籍|客|谈|談|话|話|刊|徽|馆|館)"
)
VERB = re.compile(
    r"有(?!限|关|關|效|机|機)|是(?!否)|在(?!线|職|职|校|岗|崗)|于|於|(?<![理自事缘緣])由(?!来|來)|被(?!告(?!知))|"
    rf"将(?!军|領|领)|將(?!軍|領)|{_WILL}|(?<![性功智职職技])能(?!力|源|量|耗|效)|可以|计划|計劃(?!的)|何时|何時|什么|什麼|"
    r"为(?!民)|為|获(?!得者)|獲|(?<![公中])共(?!同|和|享)|总(?!值|额|量|部|局|书|理|统|体|经理|裁|监)|的|提出|发布|發布|举行|舉行|规划|規劃|建设了|建設了|建成|设立|設立|成立|出生|毕业|畢業|完成|达到|達到|"
    r"一共|目前|已|今年|去年|全年|主要|包括|(?<![重摘纪紀])要(?!求|点|點|素)|如何|怎|谁|誰|哪|多少|几|幾"
)

AMOUNT = "多少|多[大高长長久远遠重宽寬]|几|幾"

ROLES = (
    "员工|員工|职工|職工|人员|人員|经理|經理|主管|总监|總監|干部|幹部|领导|領導|专员|專員|助理|实习生|實習生|"
    "工程师|工程師|教师|教師|老师|老師|学生|學生|会员|會員|客户|客戶|患者|居民"
)
ROLE = re.compile(rf"(?:{ROLES})$")

#: How far an amount may go, said before the verb of the question: 图书|最多借几本.
EXTREME = re.compile(
    r"(?:[一每](?:次|天|日|年|人|月|周|个人|個人))?(?:最[多少久迟遲早晚]|至[少多]|(?:最[长長短]|最[高低大小])(?=[可能要需须須借用住放存保为為是达達多几幾]))"
)
#: What a thing has and nobody takes for the thing itself, in simplified characters: how such words end.
PERSON = re.compile(
    r"(?:(?:负责|联系|代表|代理|经办|责任|主持|创始|发言|承办|继承|担保|保证|发明|设计|申请|审批)人|法人|书记|主任|主席|老板|秘书|"
    r"作者|主编|导演|主演|主角|教练|导师|设计师|总裁|董事|监事|经理|总监|主管|会计|"
    r"[市区县局处站院校馆会组队社所部厅司科省镇乡村班店厂行]长|(?:董事|理事|秘书|监事)长)$"
)

#: Parts of the country, in simplified characters, and the most characters of a place known by its name alone.
REGION = re.compile("华[东南北中]|[东西][南北]")
LONGEST_PLACE = 6

#: What may stand behind an asking word and is only the unit of the answer.
UNIT_ALONE = re.compile(
    r"(?:[万萬亿億千百]*(?:元|人|户|戶|家|个|個|吨|噸|亩|畝|公顷|公頃|[平立]方[千公]?(?:米|里)|公里|[千毫厘釐]?米|天|年|个?月|小时|小時)|"
    rf"[{CLASSIFIER}]|时间|時間|百分点|百分點)?"
)
