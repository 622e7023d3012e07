"""Whether a Chinese document speaks of its issuer without the name: a handbook, a notice, 本公司, 我院.

What is asked with the name of a company, an estate or a product stands there without it.
"""

from __future__ import annotations

import re

__all__ = ["of_its_own"]

#: What such documents are called, at the end of a title or of a part of it.
_ISSUED = re.compile(
    "(?:手册|制度|规定|办法|细则|规程|规范|守则|须知|指南|指引|说明|说明书|合同|协议|协议书|章程|公告|通告|通知|启事|纪要|议程|方案|"
    "计划书|标准|规格|参数|流程|概况|简介|介绍|关于我们|联系我们|常见问题|问答|faq|q&a|通讯录|快速入门|年报|年度报告|招标文件)(?![\u4e00-\u9fff])"
)
_OWN = re.compile(
    "本(?:公司|集团|企业|产品|品|机(?!关|构|会|制|场|理|能|动|器)|系统|软件|应用|平台|项目|工程|设备|装置|仪器|药|基金|合同|协议|院|校|店|酒店|"
    "行(?!业|为|动|星|政)|厂|中心|协会|单位|部门|馆|园|小区|社区|楼|大厦)|我(?:司|公司|院|校|行|厂|店|集团|单位)"
)


def of_its_own(frame: str, told: str) -> bool:
    """Whether a title or heading is that of such a document, or a sentence says 本公司; both normalised."""
    return _ISSUED.search(frame) is not None or _OWN.search(told) is not None
