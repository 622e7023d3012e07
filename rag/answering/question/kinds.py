"""The kinds of answer that a question can ask for, and the words that ask, by language."""

# ruff: noqa: E501, ISC004  (a pattern is read as one line; two of them side by side, as a pair)

from __future__ import annotations

import re
from functools import lru_cache

from rag.normalization import normalize

__all__ = [
    "ACCEPTED",
    "COUNTED",
    "DOES",
    "MEASURED",
    "MEASURES",
    "WHOSE_NAME",
    "hints",
    "patterns_of",
]

#: Kinds of typed span that can answer each kind of question; kinds not listed accept anything.
ACCEPTED: dict[str, frozenset[str]] = {
    "person": frozenset({"person", "name"}),
    "organisation": frozenset({"organisation", "name", "quoted"}),
    "place": frozenset({"place", "name", "organisation"}),
    "date": frozenset({"date"}),
    "duration": frozenset({"duration", "figure"}),
    "percent": frozenset({"percent"}),
    "money": frozenset({"money"}),
    "rank": frozenset({"rank", "figure"}),
    "figure": frozenset({"figure", "money", "percent", "duration", "rank"}),
    "name": frozenset({"quoted", "name", "organisation", "person", "place"}),
}

COUNTED = (
    "个|家|项|人|名|位|户|件|处|条|所|座|艘|架|辆|台|套|部|张|本|首|支|只|头|棵|间|层|级|届|期|场|次|"
    "批|种|类|门|岁|元|米|公里|千米|平方公里|平方米|公顷|亩|吨|公斤|克|升|度|分|票|集|章|卷|代|倍|"
    "栋|片|套|字|场次|人次|村|省|国|城市|年|天|月|小时|分钟|周|日"
)

#: Whom something is for or which body does it: people of a kind or an office answer, and no name need. But
#: 颁给谁 and 由谁主持 ask for a person.
_OF_MANY = (
    r"[为替给帮](?:了)?谁们?(?:而|去|来)?(?:准备|预备|建|设|修|盖|造|开|办|做|用|住|搭|提供|打造|服务|安排|解决|着想|定制|量身|减|省)|"
    r"[为替]谁(?:的)?[?]?$|(?:服务|面向|针对|惠及|照顾|造福|方便|适合|适用|瞄准)(?:于|到|了)?(?:的)?(?:对象|人群)?(?:主要|都)?(?:是|为)?谁|"
    r"(?:对象|受众|受益者|受益人群|受益的)(?:主要|都)?(?:是|为)谁|"
    r"由谁(?:来|去|所)?(?:承办|主办|承建|建|修|设|开发|运营|打造|投资|出资|组织|实施|管|提供|认定|评|授予|颁|发布|制定|审批|验收|监|养护|承担)"
)
#: A post, a trade or kin, whose name is asked for.
_SOMEBODY = (
    r"(?:书记|主任|主席|总裁|总?经理|总监|主管|会计|秘书|[市区县局处站院校馆会所部厅司科省镇乡村班店厂行队园组]长|(?:董事|秘书|理事|监事)长|"
    r"(?:负责|联系|发言|创始|主持|代表|当家|掌门|带头|领头|领军|经办|主持|创办|发起)人|法人|一把手|头儿|领导|作者|编辑|记者|通讯员|摄影师|"
    r"老师|教师|医生|护士|律师|法官|院士|教授|专家|研究员|导演|演员|歌手|冠军|得主|队员|选手|运动员|教练|司机|民警|志愿者|网格员|工程师|设计师|"
    r"居民|村民|市民|女士|先生|丈夫|妻子|儿子|女儿|母亲|父亲|男孩|女孩|小伙子?|姑娘)"
)
_NAME_ASKED = r"(?:什么|甚么|啥)(?:名字?)?(?=$|[?,;。呀呢啊来吗])"
#: Asks in Chinese how somebody is called.
WHOSE_NAME = (
    rf"{_SOMEBODY}(?:的?(?:名字|姓名|大名))?(?:现在|目前|到底|究竟)?叫(?:做)?{_NAME_ASKED}|"
    rf"{_SOMEBODY}的?(?:名字|姓名|大名)(?:是|为){_NAME_ASKED}|姓名(?:是|为){_NAME_ASKED}|"
    rf"(?<!百)姓(?:什么|甚么|啥|甚名谁)|[他她]叫{_NAME_ASKED}|(?:尊姓|贵姓)"
)
# Ordered: the first pattern that matches decides.
_CHINESE: tuple[tuple[str, str], ...] = (
    (
        "percent",
        r"百分之[几多]|百分比|多少个?百分点|几成|百分数|多少%|(?:率|占比|比例|比重|增幅|增速|涨幅|降幅|份额)"
        r"(?:[^,。?]{0,6})?(?:是|为|达到?|有|约|高达|提升到|提升至|提高到|增长到)?(?:了)?(?:多少|几)|"
        r"多[大高少]的?(?:比例|比重|占比|份额|幅度)|什么(?:比例|比重)|"
        r"^(?!.*(?:价|工资|薪|钱|费|租|水位|温|体重|粉丝|人数|人口|户数|分数)).*(?<![上看暴高])涨了?多少(?=$|[?,。])|"
        r"(?:增长|提升|提高|下降|减少|降低|上升|增加)了?(?:百分之)?多少(?=$|[?,。])|同比[^,。?]{0,6}多少(?=$|[?,。])",
    ),
    (
        "money",
        r"多少(?:亿|万|亿万)?(?:元(?![素件旦宵])|钱|美元|欧元|英镑|日元|资金|经费|人民币)|(?:投资|金额|造价|售价|价格|票价|"
        r"总额|成本|费用|收入|营业额|票房|资金|产值|价值|融资额?|薪水|工资)[^,。?]{0,5}(?:多少|几)|几(?:亿|万|千|百)?元",
    ),
    (
        "duration",
        r"多长时间|多久|(?<!哪)几(?:年|天|个月|小时|分钟|周)(?:[时间内]|才|$|[?,。])|多少(?:年|天|个月|小时|分钟|周|日)"
        r"(?![代份轻级度货终龄然才边期常])",
    ),
    (
        "date",
        r"什么时[候间]|何时|哪[一几]?[年天日]|哪几?个?月|几月|几号|何[年日]|哪一?个?(?:年份|时期|时代|世纪|"
        r"朝代|年代|日期|月份)|什么(?:年代|日期|日子|时期)|(?:时间|日期|年份)(?!为什么|为何(?![?\s]*$))(?:是|为)?(?:在)?(?:什么|多少|哪|何)|"
        r"几点(?!要求|建议|意见|希望|内容|说明)|第几个?世纪|几几年|几时|多会儿",
    ),
    ("thing", _OF_MANY),
    (
        "person",
        rf"{WHOSE_NAME}|"
        r"谁|哪[一几些两]?位(?!置)|何人|哪[一几些两]?个人|什么人(?!物是)|哪[一几些两]?名|什么人物|哪[一几些两]?个?"
        r"(?:人物|领导|书记|局长|市长|区长|演员|导演|歌手|作者|皇帝|总统|将军|球员|作家|教授|科学家|记者)",
    ),
    (
        "place",
        r"哪里|哪儿|何处|何地|哪边|什么地方|在哪(?![个家些位年几])|位于哪|哪[一几些两]?[个座条处]?(?:国家(?!级|重[点大]|部[门委]|机[关构]|标准|法[律规]|规定|政策|"
        r"项目|实?验室|奖|基[金地]|计划|战略|试[点验]|示范|平台|中心|公园|队|单位|文件|课题|认[证定])|城市(?!更新|功能|建设|规划|管理)|省份?(?!级|重点)|"
        r"市(?![场民值政级面价集])|县(?!级)|区(?!级)域?|地区|地方(?!政府|法规|标准|特色)|州|镇|乡|村(?!居)|岛|山|河|湖|海(?![报鲜外关洋军归])|"
        r"街道?|路(?![子线径数由演况])|车站|机场|大洲|洲|国(?![家企内际外有产])|地点|位置|小区|社区|方向)|"
        r"什么(?:国家|城市|地区|地点|位置)|(?:地点|地址|位置|首都|总部)(?!为什么|为何(?![?\s]*$))(?:是|在|为)?(?:什么|哪|何)",
    ),
    (
        "organisation",
        r"哪[一几些两]?[个家所支]?(?:国家|政府|上级|主管|职能|行政)?(?:机构|单位|公司|部门|企业|学校|大学|学院|局|集团|组织|团体|党派?|医院|银行|"
        r"机关|学府|高校|媒体|报社|协会|政府|委员会|球队|俱乐部|乐队|院校|研究所|研究院|出版社|电视台|军队|部队)|"
        r"什么(?:机构|单位|公司|部门|组织|大学|学校|企业)|哪[家所]|由哪",
    ),
    ("rank", r"第几|排行?老几|排名?(?:第|在)?(?:几|多少)|名次|位居第几|排在?(?:什么|第几)"),
    (
        "reason",
        # 英文名为何 asks what, 这是为何 why.
        r"(?<![定价称名列作视誉认成改分])为什么|(?<![定价称名列作视誉认成改分])为何(?![?\s]*$)|[是又却竟底,]为何|为啥|原因|何以|怎么会|何故|缘故|什么(?:理由|缘由|动机)|出于什么|因为什么|因何|由于什么|"
        # For what somebody does it: the words that tell are those of a reason.
        r"(?:什么|啥|何种)(?:目的|用意|初衷|意图)|(?:目的|用意|初衷|意图)(?:到底|究竟)?(?:是|为|在于)(?:什么|啥|何)|"
        r"(?<![地企意试版制视绘计])图(?:的(?:又|到底|究竟)?是|的|个)?(?:什么|啥)(?=[呢啊呀?,]|$)|为的是(?:什么|啥)|为了(?:什么|啥)(?=[呢啊呀?,]|$)",
    ),
    (
        "figure",
        rf"多少|(?<!哪)几(?:余|多)?(?:万|亿|千|百|十)?(?:{COUNTED})|(?<!哪)几(?=$|[?])|多[大高长宽重远深快厚]|(?:数量|人数|人口|"
        r"面积|长度|高度|总数|数目|规模)(?:[^,。?]{0,4})?(?:是|为|达|有)?(?:几|什么|何)",
    ),
    (
        "yesno",
        r"吗[?\s]*$|(?<![什甚怎那这多])么\?$|是否|有没有|是不是|能否|能不能|会不会|可否|对不对|要不要|有无",
    ),
    (
        "name",
        r"叫什么|叫做什么|叫做?啥|名为什么|称为什么|什么名[称字]|被称[为作]|名称|名字|称号|什么(?:奖|称呼|绰号|昵称|别名|"
        r"头衔|荣誉|品牌|口号|代号)|又称|别称|简称|全称",
    ),
    (
        "manner",
        r"如何|怎么|怎样|怎麽|通过什么|[用靠]啥|用什么|采取了?什么|采用了?什么|以什么|靠什么|何种方式",
    ),
)
# Key words without an asking word ("城市更新 重点项目 总投资") ask for what the last of them measures.
_CHINESE_HINTS: tuple[tuple[str, str], ...] = (
    ("percent", r"占比|比例|比重|增长率|增幅|增速|百分比|覆盖率|率(?=$|[ ,])"),
    ("money", r"总?投资额?(?=$|[ ,])|金额|造价|票价|价格|营业额|票房|资金规模"),
    ("date", r"(?:时间|日期|年份|日子)(?=$|[ ,])"),
    ("figure", r"累计|数量|总数|人数|数目|面积|规模|个数|户数"),
    ("rank", r"排名|名次"),
    ("name", r"称号|名称|名字|简称|别名|品牌"),
    ("person", r"(?:书记|局长|主任|市长|区长|负责人|作者|创始人|姓名)(?=$|[ ,])"),
    ("place", r"(?:地点|地址|位置)(?=$|[ ,])"),
)

#: What has a price in its name and is none: cost drivers, the minimum wage law.
_NO_SUM = (
    r"(?! (?:margin|ratio|growth|increase|decrease|rise|fall|change|index|driver|law|act|bill|structure|control|risk|"
    r"polic(?:y|ie)|strateg(?:y|ie)|model|cent(?:er|re)|analys[ie]s|saving|cut|factor|plan|committee|process|cycle|"
    r"source|stream|agreement|dispute|freeze|system|scheme|list|tag|type|categor(?:y|ie)|breakdown|component|"
    r"statement|war|gap|regulation|rule|function|ceiling|recognition)(?:e?s)?\b)"
)
#: What stands behind "how" and is measured.
MEASURES = "big|large|high|tall|far|deep|wide|fast|heavy|often"
DOES = "is|are|was|were|can|could|will|would|may|must|should|do|does|did|has|have|had"
MEASURED = (
    rf"(?:noisy|loud|hot|cold|warm|strong|thick|thin|small|bright|steep) (?:{DOES})\b"
    r"(?! the (?:evidence|case|argument|claim|opposition|support)\b)"
)
_ENGLISH: tuple[tuple[str, str], ...] = (
    (
        "percent",
        r"what (?:percent|share|proportion|fraction)|percentage|how many percent|what (?:was|is) the "
        r"(?:[\w-]+ ){0,4}(?:rate|growth|share)\b|by how much (?:did|has|have|was|were).*(?:grow|rise|increase|"
        r"fall|drop|decline|decrease|reduc)",
    ),
    (
        "money",
        r"how much (?:money|(?:did|do|does|will|would|can|should) .*(?:cost|pay|invest|spend|earn)|"
        r"(?:is|are|was|were) .*(?:invested|paid|spent|\b(?:fee|fare|fine|rent|price|ticket|salary)s?\b))|"
        r"(?:cost|price|budget|revenue|investment|salary)\b.*\bhow much|what (?:fee|fare|price|rent|salary)\b"
        rf"{_NO_SUM}|"
        r"what (?:is|are|was|were) the (?:[\w-]+ ){0,3}(?:(?:cost|price|budget|revenue|turnover|investment|fee|"
        r"fare|rent|wage|salary|profit|income|dividend|debt|net loss)(?:e?s)?\b"
        rf"{_NO_SUM}|"
        r"(?:total|market|book|asset|contract|estimated|insured) value|"
        r"value of the (?:\w+ )?(?:contract|deal|order|assets|property|goods|exports|imports|land)\b)",
    ),
    ("duration", r"how long|how many (?:years|months|weeks|days|hours|minutes)"),
    (
        "date",
        r"\bwhen\b|what (?:year|date|day|month|time|century|decade)|which (?:year|date|day|month|century|decade)|"
        r"(?:what|which) (?:exact|precise|specific|particular|calendar) (?:year|date|day|month|time|century|decade)|"
        r"in what year|how old",
    ),
    (
        "person",
        r"\bwho\b|\bwhom\b|\bwhose\b|which (?:person|man|woman|actor|author|king|queen|president|leader|"
        r"scientist|player|singer|director|official|secretary|reporter|mayor)|what (?:person|man|woman)\b",
    ),
    (
        "place",
        r"\bwhere\b|(?:what|which) (?:city|country|place|state|town|region|province|county|district|"
        r"location|continent|river|island|street|nation|area|village)",
    ),
    (
        "organisation",
        r"(?:what|which) (?:company|companies|organization|organisation|institution|university|team|agency|"
        r"school|group|party|department|bureau|firm|hospital|bank|band|club|network|college|ministry)",
    ),
    ("rank", r"what (?:rank|place|position)|how .* rank"),
    (
        "reason",
        r"\bwhy\b|what (?:caused|is the reason|was the reason|reason)|for what reason|how come",
    ),
    (
        "figure",
        rf"how (?:many|much|{MEASURES}|{MEASURED})|what (?:number|amount|"
        r"quantity|size|area|population|distance|height|length|speed|temperature)|what (?:is|was) the "
        r"(?:[\w-]+ ){0,3}(?:number|population|size|area|total|capacity|height|length)",
    ),
    ("manner", r"\bhow\b|by what means|in what way"),
    (
        "name",
        r"(?:what|which) (?:is|was|were|are) the (?:[\w-]+ ){0,3}(?:name|title|nickname|slogan)|"
        r"what .*\b(?:called|named|known as|nicknamed|term|dubbed)\b|(?:name of|what name|what award|what title)",
    ),
    (
        "yesno",
        r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b",
    ),
)

# Minimal for other languages: who, when, where, how many, why.
_OTHERS: dict[str, tuple[tuple[str, str], ...]] = {
    "ja": (
        ("person", "誰|だれ|どなた|何者"),
        ("date", "いつ|何年|何月|何日|何世紀|何時"),
        ("place", "どこ|何処|どの国|どの都市|何県|何国"),
        ("reason", "なぜ|何故|どうして|理由"),
        ("percent", "何%|何パーセント|何割"),
        ("money", "何円|何ドル|いくら"),
        (
            "figure",
            "いくつ|何人|何個|どれくらい|どのくらい|どれだけ|何[a-z]*[メキ]|何歳|何回|何本|何冊|何台",
        ),
        ("name", "何という|何と呼|名前は|何といい"),
        ("manner", "どのように|どうやって"),
    ),
    "ko": (
        ("person", "누구|누가"),
        ("date", "언제|몇 ?년|몇 ?월|며칠"),
        ("place", "어디|어느 (?:나라|도시|지역)"),
        ("reason", "왜|이유"),
        ("figure", "몇|얼마"),
        ("manner", "어떻게"),
    ),
    "fr": (
        ("person", r"\bqui\b|quel(?:le)? (?:homme|femme|personne)"),
        ("date", r"\bquand\b|quelle (?:année|date)|quel (?:jour|mois|siècle)"),
        ("figure", r"\bcombien\b|quel(?:le)? (?:nombre|taille|population|distance|superficie)"),
        ("place", r"\boù\b|quel(?:le)? (?:ville|pays|région|lieu|endroit)"),
        ("reason", "pourquoi"),
        ("manner", r"\bcomment\b"),
    ),
    "de": (
        ("person", r"\b(?:wer|wen|wem|wessen)\b"),
        ("date", r"\bwann\b|welche[mns]? (?:jahr|tag|datum|monat|jahrhundert)"),
        ("place", r"\b(?:wo|wohin|woher)\b|welche[mnrs]? (?:stadt|land|ort|region)"),
        ("duration", r"wie lange"),
        ("figure", r"wie ?viele?|wie (?:hoch|groß|gross|lang|weit|alt)"),
        ("reason", r"\b(?:warum|weshalb|wieso)\b"),
        ("manner", r"\bwie\b"),
    ),
    "es": (
        ("person", r"\bqui[eé]n(?:es)?\b"),
        ("date", r"\bcu[aá]ndo\b|qu[eé] (?:año|fecha|día|mes|siglo)"),
        ("place", r"\b[aá]?d[oó]nde\b|qu[eé] (?:ciudad|país|lugar|región)"),
        ("figure", r"\bcu[aá]nt[oa]s?\b"),
        ("reason", r"por qu[eé]\b"),
        ("manner", r"\bc[oó]mo\b"),
    ),
    "pt": (
        ("person", r"\bquem\b"),
        ("date", r"\bquando\b|(?:que|qual) (?:ano|data|dia|mês|século)"),
        ("place", r"\b(?:a)?onde\b|(?:que|qual) (?:cidade|país|lugar|região)"),
        ("figure", r"\bquant[oa]s?\b"),
        ("reason", r"por ?qu[eê]\b"),
        ("manner", r"\bcomo\b"),
    ),
    "it": (
        ("person", r"\bchi\b"),
        ("date", r"\bquando\b|(?:che|quale) (?:anno|data|giorno)"),
        ("place", r"\b(?:dove|dov)\b"),
        ("figure", r"\bquant[oaie]\b"),
        ("reason", r"\bperch[eé]\b"),
        ("manner", r"\bcome\b"),
    ),
    "nl": (
        ("person", r"\bwie\b"),
        ("date", r"\bwanneer\b|welk jaar"),
        ("place", r"\bwaar\b"),
        ("figure", r"\bhoeveel\b|hoe (?:groot|hoog|lang|ver)"),
        ("reason", r"\bwaarom\b"),
    ),
    "ru": (
        ("person", r"\b(?:кто|кого|кому|кем|ком|чей|чья)\b"),
        ("date", r"\bкогда\b|как(?:ом|ой) (?:году|год|веке|месяц)"),
        ("place", r"\b(?:где|куда|откуда)\b|како[мй] (?:городе|стране|город)"),
        ("figure", r"\bсколько\b|како(?:е|ва) (?:количество|численность|площадь|высота|население)"),
        ("reason", r"\b(?:почему|зачем)\b"),
        ("manner", r"\bкак\b"),
    ),
    "uk": (
        ("person", r"\b(?:хто|кого|кому|ким|чий)\b"),
        ("date", r"\bколи\b|якому році"),
        ("place", r"\b(?:де|куди|звідки)\b"),
        ("figure", r"\bскільки\b"),
        ("reason", r"\b(?:чому|навіщо)\b"),
        ("manner", r"\bяк\b"),
    ),
    "ar": (
        ("person", r"(?:^|\s)(?:من (?:هو|هي|هم|الذي|التي)|من(?=\s+(?:[اقكأ]\w+)))"),
        ("date", r"متي|متى|في اي (?:عام|سنه|سنة|تاريخ)|اي (?:عام|سنه|سنة)"),
        ("place", r"(?:^|\s)(?:اين|أين)|في اي (?:مدينه|مدينة|دوله|دولة|بلد)"),
        ("figure", r"(?:^|\s)كم(?:\s|$)|ما عدد|كم عدد"),
        ("reason", r"لماذا|ما سبب"),
        ("manner", r"كيف"),
    ),
    "th": (
        ("person", "ใคร|ผู้ใด|คนใด"),
        (
            "date",
            "เมื่อใด|เมื่อไหร่|เมื่อไร|ปีใด|ปีอะไร|วันที่เท่าไ|ปีไหน|วันใด|พ.ศ. ?ใด|ปี ?พ.ศ.ใด|ค.ศ. ?ใด|วันอะไร",
        ),
        ("place", "ที่ไหน|ที่ใด|จังหวัดใด|จังหวัดอะไร|ประเทศใด|ประเทศอะไร|เมืองใด|เมืองอะไร|แห่งใด"),
        ("figure", "กี่|เท่าใด|เท่าไหร่|เท่าไร"),
        ("reason", "ทำไม|เพราะเหตุใด|เพราะอะไร"),
        ("name", "ชื่ออะไร|ชื่อว่าอะไร"),
        ("manner", "อย่างไร|ยังไง"),
    ),
    "tr": (
        ("person", r"\bkim(?:in|i|e|dir|ler)?\b"),
        ("date", r"ne zaman|hangi (?:yil|tarih|yıl)|kaç yılında"),
        ("place", r"\bnerede|\bnere|hangi (?:ulke|ülke|şehir|sehir|kent)"),
        ("figure", r"\bkaç\b|\bkac\b|ne kadar"),
        ("reason", r"\bneden\b|\bniçin\b|\bniye\b"),
        ("manner", r"\bnasil\b|\bnasıl\b"),
    ),
    "vi": (
        ("person", r"\bai\b|người nào"),
        ("date", r"khi nào|năm nào|ngày nào|lúc nào|bao giờ"),
        ("place", r"ở đâu|nơi nào|nước nào|thành phố nào|đâu\b"),
        ("figure", r"bao nhiêu|mấy\b"),
        ("reason", r"tại sao|vì sao"),
        ("manner", r"như thế nào|làm sao"),
    ),
    "id": (
        ("person", r"\bsiapa(?:kah)?\b"),
        ("date", r"\bkapan(?:kah)?\b|tahun berapa|tanggal berapa"),
        ("place", r"\bmana\b"),
        ("figure", r"\bberapa(?:kah)?\b"),
        ("reason", r"\bmengapa\b|\bkenapa\b"),
        ("manner", r"\bbagaimana\b"),
    ),
    "hi": (
        ("person", "कौन(?! ?स[ाीे])|किसने|किसके|किसे|किसका"),
        ("date", "कब|किस वर्ष|किस साल|किस दिन"),
        ("place", "कहाँ|कहां|किस शहर|किस देश|किस राज्य"),
        ("figure", "कितन|कितने|कितनी|कितना"),
        ("reason", "क्यों"),
        ("manner", "कैसे"),
    ),
    "el": (
        ("person", r"(?<!σε )\bποι(?:ος|ον|ου|οσ)\b"),
        ("date", r"\bποτε\b|ποια χρονια|ποιο ετος"),
        ("place", r"\bπου\b"),
        ("figure", r"\bποσ(?:ο|α|οι|ες|ους|η)\b"),
        ("reason", r"\bγιατι\b"),
        ("manner", r"\bπως\b|\bπωσ\b"),
    ),
    "pl": (
        ("person", r"\b(?:kto|kogo|komu|kim)\b"),
        ("date", r"\bkiedy\b|którym roku"),
        ("place", r"\b(?:gdzie|dokąd|skąd)\b"),
        ("figure", r"\bile\b|\bilu\b"),
        ("reason", r"\bdlaczego\b"),
        ("manner", r"\bjak\b"),
    ),
}


def _compiled(patterns: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in patterns)


@lru_cache(maxsize=32)
def patterns_of(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What asks for each kind in a language, in order: the first that matches decides."""
    if language.startswith("zh"):
        return _compiled(_CHINESE)
    if language in _OTHERS:
        return tuple((k, re.compile(_folded(p))) for k, p in _OTHERS[language])
    return _compiled(_ENGLISH)


@lru_cache(maxsize=1)
def hints() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What hints at each kind in a Chinese question that no pattern matches."""
    return tuple((kind, re.compile(pattern)) for kind, pattern in _CHINESE_HINTS)


def _folded(pattern: str) -> str:
    """A pattern in the searched spelling; its escapes are ASCII and survive."""
    return normalize(pattern)
