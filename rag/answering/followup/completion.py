"""A follow-up question completed from the history, offline: topics replaced, pronouns resolved.

``("新区有多少个智慧社区?", ...)`` then ``"那智慧小区呢?"`` is searched as ``"新区有多少个智慧小区?"``.
A question that stands by itself comes back as it is. The rules for Chinese are here, those for other
languages in :mod:`rag.answering.followup_english`.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.answering.followup_english import END, QUOTED, YEAR, complete_english
from rag.answering.places import gazetteer, places_named
from rag.normalization import normalize
from rag.retrieval.language import question_language

__all__ = ["complete_in_conversation", "complete_question"]
_ASK = (
    "是什么时候|什么时候|什么时间|什么地方|是多少|有多少|多少|为什么|为何|什么|甚麼|什麼|哪一|哪些|哪几|哪幾|哪|"
    "几[个個位家种種项項年月号號处處条條所届]|幾[個位家種項年月號處條所屆]|谁|誰|如何|怎么样|怎么|怎樣|怎样|"
    "是否|有没有|有沒有|何时|何時|何地|何处|吗|嗎|呢"
)
_WHAT_ABOUT = re.compile(
    r"^(?:那么|那麼|那|还有|還有|另外|再问|再問)?[,，、 ]*(?P<topic>.{1,24}?)(?:的话|的話)?(?:又)?"
    r"(?:呢|怎么样|怎麼樣|如何|又如何)[?？。 ]*$"
)
#: An ending that asks by itself: "城阳区的产业怎么样" is whole, "城阳区呢" is not.
_HOW = re.compile(r"(?:怎么样|怎麼樣|如何)[?？。 ]*$")
_WHO_IS = re.compile(r"(.{2,20}?)(?:现在|現在)?(?:是|叫)(?:谁|誰|什么名字|什麼名字)")
#: What nobody asks of a thing that is to be told how it is.
_WHO_OR_WHEN = re.compile(
    r"是?(?:谁|誰|什么时候|甚麼時候|什麼時候|什么时间|何时|何時|什么地方|什麼地方|哪里|哪裡|哪儿|何地|何处)\?$"
)
_OPENING = re.compile(
    r"^(?:那么|那麼|那(?![里裡个個些年天时時])|然后|然後|还有(?!多少|哪)|另外|而且|所以)[,，、 ]*"
)
_PRONOUN = re.compile(
    r"它们的?|他们的?|她们的?|牠們|它們的?|他們的?|她們的?|(?<!其)它的?|(?<![其吉])他的?(?!们|人)|她的?|其(?!中|他|它|实|余|次|間|间)|"
    r"(?:该|該|这|這|此|那)(?:个|個|家|位|项|項|座|所|条|條|些|支|场|場|次|部|种|種)?"
    r"(?:社区|社區|小区|小區|区|區|公司|企业|企業|集团|集團|人|活动|活動|项目|項目|城市|机构|機構|单位|單位|街道|"
    r"平台|中心|组织|組織|政策|会议|會議|地方|地区|地區|国家|國家|学校|學校|医院|醫院|奖项|獎項|计划|計劃|书|書|"
    r"作品|电影|電影|歌曲|专辑|專輯|球队|球隊|先生|女士)|(?:这|這|那)(?:里|裡|儿|兒|边|邊)|前者|后者|後者|上述"
)
_MORE = re.compile(
    r"(?:那么|那麼|那|请|請|能|可以|再)*(?:还有(?:吗|呢|别的吗|其他的吗|其它的吗)|還有(?:嗎|呢|別的嗎|其他的嗎)|"
    r"(?:具体|具體|详细|詳細|展开|展開|多)?(?:说说|說說|讲讲|講講|说明|說明|介绍|介紹)(?:一下)?|(?:具体|具體|详细|詳細)(?:点|一点|點|一點|呢)?|"
    r"其他的?呢|别的呢|別的呢|继续|繼續)"
)
_ADVERB = re.compile(
    r"(?:截至)?(?:全年|今年|去年|明年|目前|现在|現在|至今|已经|已經|已|一共|总共|總共|共|累计|累計)"
)
_CLASSIFIER = "个個家位种種项項处處条條所座件辆輛户戶名支场場册冊部本篇份套栋棟间間类類台只隻艘"
#: What is counted or chosen stands behind an asking word with its classifier, up to what is said of it:
#: 多少个|村庄|的规划, 哪些|医院|要.
_COUNTED = re.compile(
    rf"(?:(?:多少|哪几|哪幾|几|幾)[{_CLASSIFIER}]|哪些)(?P<noun>[\u4e00-\u9fff]{{2,12}}?)"
    r"(?=[的要将將会會是在有被由能可获獲参參开開举舉完加列入通纳納升用改]|[^\u4e00-\u9fff]|$)"
)
#: Units that an amount is asked in: 请几天|事假, 买多少斤|苹果.
_UNIT = (
    "[万萬亿億千百]*元|天|周|週|个?月|個月|年|小时|小時|分钟|分鐘|次|公?斤|[千毫]?克|毫?升|吨|噸"
)
#: What an amount is asked of without a classifier: 支付多少|违约金, 请几天|事假; but not 多少|人, 多少|钱.
_AMOUNT_OF = re.compile(
    rf"(?:多少(?:{_UNIT})?|(?<=[了请請休放享有买買付交缴繳借吃喝用发發给給补補赔賠])(?:几|幾)(?:{_UNIT}))"
    r"(?P<noun>(?!人(?![员員才口民])|[钱錢大家戶户])[\u4e00-\u9fff]{2,12}?)"
    r"(?=[的要将將会會是在有被由能可获獲参參举舉]|[^\u4e00-\u9fff]|$)"
)
#: Names of one kind begin or end alike (智慧社区, 智慧小区; 崂山区, 市北区) or share their middle: the weights of
#: a shared character at the end, at the beginning and in the middle, of one character more or less, of a
#: class (国家级, 省级), of each side that is a border of words; and what a name must reach.
_TAIL, _HEAD, _MIDDLE, _LONGER, _CLASS, _BORDER, _ALIKE = 1.5, 1.0, 0.5, -0.4, 1.4, 0.8, 2.4
#: So many characters that two names share in their middle make them of one kind.
_INSIDE = 3
_BEFORE_NAMES = "的了是在有个個家位项項条處处,，于由和与 0123456789"
_AFTER_NAMES = "的了是在有,，?？ 将將会會为為由何什哪多谁誰要0123456789"
_NAMED = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·]{1,20}?(?:有限公司|公司|集团|集團|大学|大學|学院|學院|医院|醫院|中心|协会|協會|局|"
    r"社区|社區|小区|小區|街道|新区|新區|示范区|示範區|(?<![街片])区|(?<![街片])區|市|县|縣|省|镇|鎮|村|国|國|岛|島|山|河|湖|湾|灣|港|"
    r"路|街|站|桥|橋|塔|寺|宫|宮|馆|館|书记|書記|局长|局長|部长|部長|主任|市长|市長|平台|计划|計劃|工程|活动|活動)"
    r"(?:新区|新區|(?<=[山岛島河湖湾灣港])(?:[区區市县縣路街镇鎮村站]|"
    r"(?:风景名胜|風景名勝|风|風|历史文化|歷史文化|文化|旅游|旅遊|商业|商業|步行)?[社小校园園景街片][区區]))?"
)
#: Areas that are no equals of a district: what such a name ends in, in simplified characters, and what is
#: one without a name: 示范区, but not 上合示范区.
_AREA = re.compile(
    r"(?:[小社校景街院厂库病展]区|(?:服务|停车|阅览|休息|办公|生活|居住|功能)区)$|^(?:示范|园|片|度假|保护)区$"
)
_STREET = re.compile(r"(?:街区|[街路])$")
#: 那全市呢 asks of the place around.
_WHOLE_PLACE = re.compile("全[市区區县縣省国國镇鎮村]")
#: What is counted, where the classifier is one for areas: 多少个, 几处, but not 多少家.
_HOW_MANY = re.compile(r"(?:多少|几|幾)(?P<of_areas>[个個处處片座])?(?P<noun>[\u4e00-\u9fff]*)")
_OPENING_YEAR = re.compile(rf"[在于於]?(?:{YEAR.pattern})(?:底|末|初)?[,，]?")
#: 会 as a verb, and not in 会员, 会计, 会长 or 委员会: 会计划 and 会长期 are verbs.
_WILL = (
    "(?<![协協社大])(?<!委员|委員|董事|监事|監事|理事|基金|运动|運動|博览|博覽|联合|聯合)"
    r"[会會](?!议|議|展|员|員|[计計](?![划劃算])|[长長](?!期|久|大)|场|場|所|费|費|籍|客|谈|談|话|話|刊|徽|馆|館)"
)
_VERB = re.compile(
    r"有(?!限|关|關|效|机|機)|是(?!否)|在(?!线|職|职|校|岗|崗)|于|於|(?<![理自事缘緣])由(?!来|來)|被(?!告(?!知))|"
    rf"将(?!军|領|领)|將(?!軍|領)|{_WILL}|(?<![性功智职職技])能(?!力|源|量|耗|效)|可以|计划|計劃(?!的)|何时|何時|什么|什麼|"
    r"为(?!民)|為|获(?!得者)|獲|(?<![公中])共(?!同|和|享)|总(?!值|额|量|部|局|书|理|统|体|经理|裁|监)|的|提出|发布|發布|举行|舉行|规划|規劃|建设了|建設了|建成|设立|設立|成立|出生|毕业|畢業|完成|达到|達到|"
    r"一共|目前|已|今年|去年|全年|主要|包括|(?<![重摘纪紀])要(?!求|点|點|素)|如何|怎|谁|誰|哪|多少|几|幾"
)


_MEASURE = (
    "(?:总|總|年|计划|計劃|预计|預計|平均)?(?:投资|投資|占地面积|占地面積|占地|建筑面积|建築面積|面积|面積|造价|造價|费用|費用|"
    "规模|規模|人数|人數|金额|金額|产值|產值|预算|預算|工期|增速|占比|比重|比例)"
)
_CHANGES = "增长|增長|增加|下降|提高|提升"
_AMOUNT = "多少|多[大高长長久远遠重宽寬]|几|幾"
#: What somebody did, and nothing that measures: 获得了, 去过, but not 增长了, 达到了, 超过.
_DONE = re.compile(
    "(?<![增升上][长長加高涨漲])(?<![下降减減][降低少])(?<!提[高升])(?<![达達]到)(?<![达達])(?<![超通经經][过過])"
    "(?:了|(?<![超通经經])[过過])$"
)
#: A question that asks for nothing but a measure of what was asked about before: 总投资多少, 占全市多大比重,
#: 比上一年增长多少.
_MEASURE_ALONE = re.compile(
    rf"(?:{_MEASURE}(?:是|为|為|有|达到?|達到?)?|占[^多几幾，,]{{0,5}}|"
    rf"(?:同比|环比|環比|比(?:上|去|前)[一個个]?[年月季]度?)(?:{_CHANGES})?了?)"
    rf"(?:{_AMOUNT})[^，,]{{0,6}}"
)
_AMOUNT_ASKED = re.compile(
    rf"(?P<verb>(?:{_CHANGES}|百分之|是|为|為|有|达到?|達到?|了)*)(?:{_AMOUNT})"
    rf"(?:[{_CLASSIFIER}](?=[\u4e00-\u9fff]{{2}}))?(?P<behind>.*)$"
)
#: Characters of the word between a thing and an asking word, 整机|保修|多久.
_PREDICATE = 2
_ROLES = (
    "员工|員工|职工|職工|人员|人員|经理|經理|主管|总监|總監|干部|幹部|领导|領導|专员|專員|助理|实习生|實習生|"
    "工程师|工程師|教师|教師|老师|老師|学生|學生|会员|會員|客户|客戶|患者|居民"
)
_ROLE = re.compile(rf"(?:{_ROLES})$")
_WHO_ACTS = re.compile(rf"[\u4e00-\u9fff]{{0,8}}?(?:{_ROLES})(?=[在去到的可能每最])")
#: How far an amount may go, said before the verb of the question: 图书|最多借几本.
_EXTREME = re.compile(
    r"(?:[一每](?:次|天|日|年|人|月|周|个人|個人))?(?:最[多少久迟遲早晚]|至[少多]|(?:最[长長短]|最[高低大小])(?=[可能要需须須借用住放存保为為是达達多几幾]))"
)
#: What a thing has and nobody takes for the thing itself, in simplified characters: how such words end.
_PERSON = re.compile(
    r"(?:(?:负责|联系|代表|代理|经办|责任|主持|创始|发言|承办|继承|担保|保证|发明|设计|申请|审批)人|法人|书记|主任|主席|老板|秘书|"
    r"作者|主编|导演|主演|主角|教练|导师|设计师|总裁|董事|监事|经理|总监|主管|会计|"
    r"[市区县局处站院校馆会组队社所部厅司科省镇乡村班店厂行]长|(?:董事|理事|秘书|监事)长)$"
)
_DATE = re.compile(
    r"(?:日期|(?:开始|结束|开放|营业|上班|截止|成立|启用|发布|生效|建成|完工|下水|出生|发射|到期)?时间|年份|生日|截止日|生效日|起始日)$"
)
_AMOUNT_NAMED = re.compile(
    r"(?:[费额价率积税薪酬]|(?<![黄白五合现基铂])金|(?<![装流])款|(?<!会)量|(?<![奇级])数|(?<![年季制印百角法态])度|(?<![一二三四五六七八九十定分长短近中早晚前后本上下0-9])期|"
    r"(?:装修|工程|货|贷|存)款|损失|利息|工资|税收|气温|水温|体温|电压|电流|补贴|津贴|年终奖|收入|支出|利润|成本|预算|投资|产值|GDP|gdp|人口|规模|比例|比重|占比|增速|增幅|"
    r"年龄|寿命|年限|时限|期限|时长|工期|体重|重量|身高|上限|下限|面积|吨位|销售额|客流|里程|折扣|分数|成绩|得分)$"
)
_OTHER = re.compile(
    r"(?:名称|全称|简称|称号|别名|型号|编号|邮箱|网址|地址|地点|位置|方位|"
    r"职务|职称|学历|籍贯|职责|资格|资质|标准|要求|条件|用途|功能|作用|原因|目的|目标|任务|方法|方式|措施|流程|步骤|方案|含义|意义|结果|结论|"
    r"线路|路线|出口|颜色|尺寸|材质|材料|口味|症状|剂型|成分|副作用|禁忌|特点|优点|缺点|区别|内容|主题|语言|货币|首都|首府|省会|品牌|产地)$"
)
_NUMBER = re.compile(
    r"(?:(?:房间|门牌|车牌|账|卡|证|工|单|手机|分机|电话|传真)号|号码|电话|手机|分机|传真)$"
)
#: (what the words name, the question that asks for it, that question as it may be asked).
_KINDS = (
    (_PERSON, "是谁", re.compile("谁|誰|什么人|什麼人|叫什么|叫什麼")),
    (
        _DATE,
        "是什么时候",
        re.compile("时候|時候|时间|時間|何时|何時|哪.?[天年日月]|几[月号点]|幾[月號點]"),
    ),
    (_AMOUNT_NAMED, "是多少", re.compile("多少$")),
    (_NUMBER, "是多少", re.compile("多少|几|幾|什|甚|哪")),
    (_OTHER, "是什么", re.compile("什|甚|哪|何|怎")),
)
_TRADITIONAL = str.maketrans("谁么时", "誰麼時")
#: A question for what something has: 数控机床采购合同|的|总价|是多少.
_OWNED = re.compile(
    r"(?P<owner>.{1,24})的(?P<owned>[^的,，]{1,12}?)(?P<asks>"
    r"(?:现在|現在|目前|分别|分別|各)?(?:是|为|為|叫|有|达到?|達到?)?(?:谁|誰|什么|甚麼|什麼|何时|何時|哪|"
    r"(?:多少|几|幾|多[大高长長久远遠重宽寬快深厚])(?!个|個))[^,，的]{0,4})"
)
#: Parts of the country, in simplified characters, and the most characters of a place known by its name alone.
_REGION = re.compile("华[东南北中]|[东西][南北]")
_LONGEST_PLACE = 6
#: Kinds of places that are called by their names alone behind one that is called by its kind.
_DISTRICT = frozenset("区县市")
#: E20, X-300.
_CODE = re.compile(r"(?<![A-Za-z])([A-Za-z]+)[- ]?\d+")
#: What a remedy or a guard is for, two characters: 止痛, 退烧, 防水.
_PURPOSE = re.compile("[止退治防解降消镇鎮抗化祛][\u4e00-\u9fff]")
#: Turns of a conversation that a question may rest on.
_TURNS = 8
#: What may stand behind an asking word and is only the unit of the answer.
_UNIT_ALONE = re.compile(
    r"(?:[万萬亿億千百]*(?:元|人|户|戶|家|个|個|吨|噸|亩|畝|公顷|公頃|[平立]方[千公]?(?:米|里)|公里|[千毫厘釐]?米|天|年|个?月|小时|小時)|"
    rf"[{_CLASSIFIER}]|时间|時間|百分点|百分點)?"
)


def complete_question(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question as it would be asked without the history; itself when it needs none.

    Args:
        question: As asked.
        history: (question, answer) pairs, oldest first; only the last one's question is used, which is to be
            complete. :func:`complete_in_conversation` takes questions as they were asked.
    """
    question = question.strip()
    if not history or not question:
        return question
    previous = history[-1][0].strip().rstrip(END)
    if not previous:
        return question
    if not question_language(question).startswith("zh"):
        return complete_english(question, previous)
    if _MORE.fullmatch(question.strip(END)):
        return previous + "?"
    if what_about := _WHAT_ABOUT.match(question):
        topic = what_about.group("topic").strip(END)
        if topic and not re.search(_ASK, topic):
            how = _HOW.search(question)
            if how and _says_more_than_a_place(topic):
                return question[what_about.start("topic") :]
            completed = _substitute(
                previous, topic, owned=how is not None and not places_named(normalize(topic))
            )
            if how and not places_named(normalize(topic)):
                return _WHO_OR_WHEN.sub(f"{how.group().strip(END)}?", completed)
            return completed
    opening = _OPENING.match(question)
    rest = question[opening.end() :] if opening else question
    subject = _subject(previous)
    if subject and rest.startswith("其中") and normalize(subject) not in normalize(rest):
        return subject + rest
    pronoun = _PRONOUN.search(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        possessive = pronoun.group().endswith("的") and pronoun.start() + len(pronoun.group()) > 1
        tail = "的" if possessive else ""
        who = _WHO_IS.match(previous) if pronoun.group()[0] in "他她" else None
        about = who.group(1) if who else subject
        return rest[: pronoun.start()] + about + tail + rest[pronoun.end() :]
    if _MEASURE_ALONE.fullmatch(rest.rstrip(END)):
        told = _measured(previous) or re.sub(rf"^(?:{_ASK})[是为為]?", "", subject)
        whole = not re.search(f"{_ASK}|{_AMOUNT}", told)
        if told and whole and question_language(previous).startswith("zh"):
            return told + rest
    if subject and _is_bare(rest):
        # After 放了几台终端, 在哪里放的 asks of what was counted.
        counted = _COUNTED.search(previous)
        if counted and previous[: counted.start()].endswith("了"):
            subject = counted.group("noun")
        return f"{subject}{rest}"
    return rest if opening and not _is_bare(rest) and len(rest) > 4 else question


def complete_in_conversation(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question as it would be asked without the history, whose questions are as they were asked.

    "And BM25?" and then "And SparseLite?" ask the same of two things: each turn is completed from the ones
    before it. Questions that are complete already come through as they are.

    Args:
        question: As asked.
        history: (question, answer) pairs, oldest first; the last eight are used.
    """
    turns: list[tuple[str, str]] = []
    for asked, answer in history[-_TURNS:]:
        turns.append((complete_question(asked, turns), answer))
    return complete_question(question, turns)


def _says_more_than_a_place(topic: str) -> bool:
    """Whether a Chinese topic names a place and something there: 城阳区的轨道交通产业."""
    found = places_named(normalize(topic))
    left = topic
    for stem, kind in found:
        left = left.replace(stem + kind, "", 1)
    return bool(found) and len(left.strip("的之")) > 1


def _is_bare(question: str) -> bool:
    """Whether hardly anything but question words is left: "什么时候?"."""
    left = re.sub(rf"{_ASK}|[的了是在有由于為为被共又]|[{END}]", "", question)
    return len(left) <= 2


def _measured(previous: str) -> str:
    """What the previous question asked an amount of, without that measure; "" where it asked for none."""
    asked = _AMOUNT_ASKED.search(previous)
    if asked is None:
        return ""
    counted = "" if _UNIT_ALONE.fullmatch(asked.group("behind")) else asked.group("behind")
    before = previous[: asked.start()]
    if counted:  # 引进了 多少 项目
        return before + asked.group("verb") + counted if before else ""
    return re.sub(rf"的?{_MEASURE}$", "", before)


def _substitute(previous: str, topic: str, *, owned: bool) -> str:
    """The previous Chinese question with the part that the topic corresponds to replaced by it.

    Args:
        previous: Without its mark.
        topic: What is asked of now.
        owned: Whether the topic can only be something that the previous question's owner has.
    """
    qualifies = len(topic) > 2 and topic.endswith("的")  # 成为全国经验的, 30亿元以上的
    topic = topic.removesuffix("的") if qualifies else topic
    if YEAR.fullmatch(topic.strip("在 ")):
        year = YEAR.search(previous)
        start, end = year.span() if year else (0, 0)
        return previous[:start] + topic + previous[end:] + "?"
    has = _owned(previous)
    if has and topic.startswith(has.group("owner")):  # 合同的期限, 合同编号
        topic = topic.removeprefix(has.group("owner")).removeprefix("的") or topic
    old = _alike(previous, topic)
    if old is None and _is_area(topic) and _counts_things(previous):
        old = _counted(previous)
    owner = _owner(previous)
    if has and owner and old and old[1] == has.end("owned") and _attribute(topic) is None:
        old = None  # 鞍山路 ends as 线路 does and is none
    if old is None and (attribute := _attribute_asked(previous, topic)):
        return attribute
    if old is None and not owned:
        old = owner
    old = old or (
        _counted_alike(previous, topic, qualifies=qualifies)
        or _who_acted(previous)
        or _before_asking(previous)
    )
    if old is not None:
        start, end = old
        limits = old == _counted(previous) or (
            old == _before_asking(previous) and re.search(r"\d", topic)
        )
        if qualifies and limits:  # those among what was counted, 满5年的|病假工资
            return f"{previous[:start]}{topic}的{previous[start:]}?"
        return previous[:start] + topic + previous[end:] + "?"
    rest = _without_subject(previous)
    return f"{topic}{'的' if qualifies and not rest.startswith('的') else ''}{rest}?"


def _alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous question that is of the topic's kind, or None."""
    return (
        _extreme_alike(previous, topic)
        or _role_alike(previous, topic)
        or _known_place(previous, topic)
        or _code_alike(previous, topic)
        or _name_or_place_alike(previous, topic)
        or _purpose_alike(previous, topic)
    )


def _attribute(name: str) -> tuple[str, re.Pattern[str]] | None:
    """What asks for an attribute of the kind that a name ends as, and how it may; None for a thing of its own."""
    shown = normalize(name)
    return next(((asks, fits) for ends, asks, fits in _KINDS if ends.search(shown)), None)


def _is_role(name: str) -> bool:
    """Whether a name is that of a post or of a kind of persons."""
    return bool(_ROLE.search(name) or _PERSON.search(normalize(name)))


def _owned(previous: str) -> re.Match[str] | None:
    """The owner and what is asked of it, in a question for what something has."""
    found = _OWNED.fullmatch(previous, _opening_year(previous))
    # 引进的项目的金额: who has it is told by a verb.
    acts = found and _VERB.search(found.group("owner").replace("的", " "), 1)
    return None if acts else found


def _owner(previous: str) -> tuple[int, int] | None:
    """Whose attribute is asked for, 成都办公室|的面积是多少; None where no attribute is."""
    found = _owned(previous)
    return found.span("owner") if found and _attribute(found.group("owned")) is not None else None


def _attribute_asked(previous: str, topic: str) -> str:
    """The question for another attribute of the same owner, with what asks for such; "" if it is none."""
    kind, found = _attribute(topic), _owned(previous)
    if kind is None or found is None:
        return ""
    if _is_role(topic) and _is_role(found.group("owner")):  # 总监的工资, 经理
        return ""
    plainly, fits = kind
    if normalize(topic) != topic:
        plainly = plainly.translate(_TRADITIONAL)
    asks = found.group("asks")
    return f"{previous[: found.start('owned')]}{topic}{asks if fits.search(asks) else plainly}?"


def _extreme_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """一次|最少|买多少克, where the topic is 最多."""
    if not re.fullmatch("[最至][多少高低大小长長短早迟遲晚]", topic):
        return None
    found = _EXTREME.search(previous)
    return (found.end() - len(topic), found.end()) if found else None


def _code_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The first code with the letters of the topic's and another figure: M1 for M7."""
    wanted = _CODE.fullmatch(topic)
    codes = _CODE.finditer(previous) if wanted else ()
    return next((m.span() for m in codes if wanted and m.group(1) == wanted.group(1)), None)


def _role_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Who the question begins with, where the topic is such a one: 部门经理|在上海的住宿标准, 普通员工."""
    who = _WHO_ACTS.match(previous)
    return who.span() if who and _ROLE.search(topic) else None


def _name_or_place_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The name most like the topic, but no part of a known place: 西海岸新区 for 高新区."""
    name, place = _name_alike(previous, topic), _place_alike(previous, topic)
    if place is None or name is None:
        return name or place
    return place if name[1] == place[1] and _is_place(previous[slice(*place)]) else name


def _name_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The name most like the topic, if one is like it."""
    best: tuple[float, tuple[int, int]] | None = None
    asked = [m.span() for m in re.finditer(_ASK, previous)]
    shown, wanted = normalize(previous), normalize(topic)
    if len(shown) != len(previous) or len(wanted) != len(topic):
        shown, wanted = previous, topic
    area = _is_area(topic)
    for length in range(max(min(2, len(wanted)), len(wanted) - 3), len(wanted) + 5):
        for start in range(len(shown) - length + 1):
            end = start + length
            if any(start < b and a < end for a, b in asked):
                continue
            if _splits(shown, start) or _splits(shown, end):
                continue
            piece = shown[start:end]
            tail = _shared(piece[::-1], wanted[::-1])
            if tail == 1 and area and not _is_area(piece):  # 小区 is no 市北区
                tail = 0
            head = _shared(piece, wanted)
            inside = _longest_shared(piece, wanted) if len(wanted) > 4 else 0
            if not tail and not head and inside < _INSIDE:
                continue
            score = _TAIL * min(tail, 3) + _HEAD * min(head, 3)
            score += _LONGER * abs(len(piece) - len(wanted))
            score += _MIDDLE * inside if inside >= _INSIDE else 0.0
            score += _CLASS * (tail > 0 and piece[-1] in "级級类類型期")
            opens = not start or shown[start - 1] in _BEFORE_NAMES
            closes = end == len(shown) or shown[end] in _AFTER_NAMES
            score += _BORDER * (opens or any(start == b for _, b in asked))
            score += _BORDER * (closes or any(end == a for a, _ in asked))
            if best is None or score > best[0] + 1e-9:
                best = (score, (start, end))
    return best[1] if best and best[0] >= _ALIKE else None


def _known_place(previous: str, topic: str) -> tuple[int, int] | None:
    """The first place of the previous question, where the topic is one that is known: 上海 for 成都|办公室."""
    named = _first_named(previous)
    named = named if named and _is_place(named.group()) else None
    told_by_kind = named and places_named(normalize(named.group()))
    if named and told_by_kind and _DISTRICT & gazetteer().kinds.get(normalize(topic), frozenset()):
        return named.span()  # 即墨 for 市北区
    if not _is_place(topic):
        return None
    if named:
        return named.span()
    shown = normalize(previous)
    if len(shown) != len(previous):
        return None
    for start in range(len(shown) - 1):
        if region := _REGION.match(shown, start):
            return region.span()
        for size in range(_LONGEST_PLACE, 1, -1):
            end = start + size
            if shown[start:end] in gazetteer().alone:
                return start, end + (shown[end : end + 1] in tuple("省市区县"))
    return None


def _is_place(name: str) -> bool:
    """Whether a name is that of a known place and nothing more: 上海, 市北区, 西南."""
    shown = normalize(name)
    if shown in gazetteer().alone or _REGION.fullmatch(shown):
        return True
    return any(shown in (stem + kind, stem + "新区") for stem, kind in places_named(shown))


def _place_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The place that the question begins with, where the topic is one of its kind."""
    place = _first_named(previous)
    if place is None:
        return None
    if _WHOLE_PLACE.fullmatch(topic):
        return place.span() if _kind(place.group()) in tuple("区市县省镇村") else None
    if _NAMED.fullmatch(topic) is None or _kind(place.group()) != _kind(topic):
        return None
    if _is_area(topic) and not _is_area(place.group()) and _counts_things(previous):
        return None
    return place.span()


def _kind(name: str) -> str:
    """What kind of place a name ends as; one for all streets."""
    shown = normalize(name)
    return "街" if _STREET.search(shown) else shown[-1:]


def _is_area(name: str) -> bool:
    """Whether a name is that of an area which is no district, nor lies in a place that it names: 智慧小区."""
    shown = normalize(name)
    in_a_place = places_named(shown) or any(
        shown[:size] in gazetteer().alone for size in range(2, _LONGEST_PLACE + 1)
    )
    return _AREA.search(shown) is not None and not in_a_place


def _counts_things(previous: str) -> bool:
    """Whether an area may be what is counted: 项目多少个, 有多少公园; not 养老院有多少家, 有多少居民."""
    asked = _HOW_MANY.search(previous)
    if asked is None:
        return False
    noun = asked.group("noun")
    if not noun and not asked.group("of_areas"):
        before = _before_asking(previous)
        noun = previous[before[0] : before[1]] if before else ""
    elif noun and not asked.group("of_areas") and (_is_unit(noun) or noun[0] in _CLASSIFIER):
        return False
    return not (_is_role(noun) or _attribute(noun) or re.search("[人户戶员員]$", noun))


def _first_named(question: str) -> re.Match[str] | None:
    """The name that a question begins with, behind a year: 2022年|市南区|, which is no 2022年市."""
    return _NAMED.match(question, _opening_year(question))


def _opening_year(question: str) -> int:
    """Where a question goes on behind the year that it begins with; 0 if with none."""
    year = _OPENING_YEAR.match(question)
    return year.end() if year else 0


def _counted(previous: str) -> tuple[int, int] | None:
    """What is counted or chosen, behind the asking word: the topic is another such thing."""
    if counted := _COUNTED.search(previous):
        return counted.span("noun")
    amount = _AMOUNT_OF.search(previous)
    return amount.span("noun") if amount and not _is_unit(amount.group("noun")) else None


def _is_unit(noun: str) -> bool:
    """Whether what stands behind an asking word is only the unit of the answer."""
    return bool(_UNIT_ALONE.fullmatch(noun) or re.fullmatch(_UNIT, noun))


def _counted_alike(previous: str, topic: str, *, qualifies: bool) -> tuple[int, int] | None:
    """What is counted or chosen, if the topic can be such a thing and not the one who has it.

    Without a classifier it may be either: 支付多少|违约金 is asked of 漏水损失 and of 原告.
    """
    counted = _counted(previous)
    if counted is None or _COUNTED.search(previous) or qualifies:
        return counted
    noun = previous[counted[0] : counted[1]]
    if _shared(noun[::-1], topic[::-1]) or None not in (_attribute(noun), _attribute(topic)):
        return counted
    named = _first_named(previous)
    has = named and re.compile(rf"有多少(?!{_UNIT})").match(previous, named.end())
    return counted if has else None  # 图书馆|有多少|古籍


def _who_acted(previous: str) -> tuple[int, int] | None:
    """Who the question begins with, where it asks what came of it: 老街|获得了什么称号, 学校|花了多少钱."""
    asks = re.search(_ASK, previous)
    if asks is None or not _DONE.search(previous[: asks.start()]):
        return None
    if _UNIT_ALONE.fullmatch(previous, asks.end()):
        return None
    subject = _subject(previous)
    start = previous.find(subject)
    end = start + len(subject)
    return (start, end) if 0 <= start < end < asks.start() else None


def _before_asking(previous: str) -> tuple[int, int] | None:
    """What stands before the asking word, without place, time and the verb of counting."""
    asks = re.search(_ASK, previous)
    if asks is None:
        return _before_amount(previous)
    end = asks.start()
    place = _first_named(previous)
    subject = place.end() if place else 0
    year = YEAR.search(previous, subject)
    start = max(subject, year.end() if year else 0)
    if previous[start : start + 1] == "的":
        start += 1
    while start < end and (adverb := _ADVERB.match(previous, start, end)):
        start = adverb.end()
    measure = re.search(
        r"(?:一共|共)?(?:有|是|为|達|达|完成|新增|建成)?(?:了)?$", previous[start:end]
    )
    end = start + measure.start() if measure else end
    if extreme := _extreme(previous, start, end):
        end = extreme[0]
    return (start, end) if start < end else None


def _before_amount(previous: str) -> tuple[int, int] | None:
    """What stands before 多久 and its kin and the word that is asked by it: 整机|保修多久, 滤网|多久换一次."""
    asks = re.search(_AMOUNT, previous)
    if asks is None:
        return None
    extreme = _extreme(previous, 1, asks.start())
    end = extreme[0] if extreme else asks.start()
    if _VERB.search(previous[:end], 2):
        return None
    if not extreme and end > _PREDICATE + 1 and _UNIT_ALONE.fullmatch(previous, asks.end()):
        end -= _PREDICATE
    return (0, end) if end else None


def _purpose_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """What is asked of at the end of what stands before an amount, where the topic is such too: 布洛芬|止痛."""
    before = _before_amount(previous) if _PURPOSE.fullmatch(topic) else None
    start = before[1] - len(topic) if before else 0
    return (start, start + len(topic)) if start > 0 and _PURPOSE.match(previous, start) else None


def _extreme(question: str, start: int, end: int) -> tuple[int, int] | None:
    """How far an amount may go, if that is said between two places: 期刊|最长|可以借几天."""
    found = _EXTREME.search(question, start)
    return found.span() if found and found.start() < end else None


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _splits(text: str, at: int) -> bool:
    """Whether a cut here would go through a figure or a date, or through 国家, which 国家级 begins with."""
    around = text[at - 1 : at + 1] if at else ""
    if around[:1].isdigit():
        return around[1:].isdigit() or around[1:] in {"年", "月", "日"}
    return around in {"国家", "國家"}


def _longest_shared(one: str, other: str) -> int:
    """Length of the longest run that both hold."""
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _subject(previous: str) -> str:
    """What the previous question was about: its quoted or longest name, or what stands before its verb."""
    quoted = QUOTED.search(previous)
    if quoted:
        return quoted.group(1)
    body = re.sub(r"^(?:请问|請問|那么|那麼|那|在)", "", previous)
    body = re.sub(rf"^(?:{YEAR.pattern})[,，]?", "", body)
    named = _NAMED.match(body)
    verb = _VERB.search(body, 2)
    if verb and (not named or verb.start() >= named.end()):
        extreme = _extreme(body, 1, verb.start())
        before = body[: extreme[0] if extreme else verb.start()]
        return named.group() if named and before.endswith("了") else before
    if named:
        return named.group()
    return re.split(_ASK, body)[0] or ""


def _without_subject(previous: str) -> str:
    subject = _subject(previous)
    if subject and previous.startswith(subject):
        return previous[len(subject) :]
    return previous
