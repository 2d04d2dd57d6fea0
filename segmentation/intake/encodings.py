"""Which encoding bytes are in, when nothing says so: candidates scored by how common the characters they give are.

A wrong East Asian encoding mostly "succeeds" and yields rare characters; a right one yields the few hundred that
make up half of any text. The score of a candidate is the mean weight of its non-ASCII characters, 0–1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

CANDIDATES = ("gb18030", "big5", "cp932", "cp949", "euc_jp", "cp1252", "cp1250", "cp1251", "mac_roman")
# Alphabets of single bytes read anything: what they say is never sure.
SINGLE_BYTES = ("cp1252", "cp1250", "cp1251", "mac_roman")
SURE_MARGIN = 0.15
PREVIEW_CHARACTERS = 400
# The everyday hundreds of each script, business words first: enough to tell texts apart, not to write them.
_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然"
    "家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把"
    "机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果"
    "加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔"
    "客户称编号订单日期金额销售数量产品部门电话地区省市县备注合计价格税含应收已付款余业务员跟进拜访商机阶段赢输级别"
    "华北京上海广州深圳苏杭江浙南湖川渝东山河技术股份限责任集团贸易科电子机械设备制造材料王李张刘陈杨赵黄周吴徐孙胡"
    "朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕轴承密封件毛利率类型状态联系方式时间开始结束行业来源"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然"
    "家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把"
    "機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果"
    "客戶稱編號訂單日期金額銷售數量產品部門電話地區省市縣備註合計價格稅含應收已付款餘業務員跟進拜訪商機階段贏輸級別"
    "臺台北中高雄新竹桃園灣股份有限公司集團貿易科技電子機械設備製造材料王李張劉陳楊趙黃周吳徐孫胡朱林何郭馬羅梁宋鄭"
)
_HANGUL = (
    "이다는에의을가고하지로를은한기도사시자어서인리그나대있해일정아수스상동들전부라장제주과만보게원성여구소안비선조면"
    "우국공생것와학치신용회관물미세경위문양화적진연계내개영당오실간중통천요분트음모단유산재호무업방차교강식운성명반김"
    "박최이정객고매출금액주문번호날짜수량제품회사거래처담당영업서울부산경기남북점합계단가전화지역비고"
)
_KANJI = (
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員"
    "九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法顧客注文額売数量"
    "品名番号株式会社担当備考電話住所区分計価格支払請求取引先得意営業商談受注"
)
_ACCENTED = "äöüßÄÖÜéèêëàâçîïôûùñáíóúãõåæøÉÀÇÑÅÆØœŒ"
_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžČĎŘŠŤŮŽáéíýúőűäöüßŐŰşţăâî"
_SIGNS = "€£¥§°–—’‘“”„…«»·×²³µ®©™"
_WIDE_SIGNS = "、。，：；！？（）《》【】「」『』“”‘’…—～·￥％＋－＝／　・ー"
_LETTER_RUN = 3
_RUN, _LETTER = re.compile(r"[^\x00-\x7f]+"), re.compile("[A-Za-z]")


@dataclass(frozen=True)
class Scored:
    """An encoding that reads the sample, its score 0–1 and the text it gives."""

    encoding: str
    score: float
    text: str


@cache
def _common(encoding: str) -> frozenset[str]:
    if encoding == "gb18030":
        return frozenset(_SIMPLIFIED)
    if encoding == "big5":
        return frozenset(_TRADITIONAL)
    if encoding == "cp949":
        return frozenset(_HANGUL)
    return frozenset(_KANJI)


def _east_asian(text: str, encoding: str) -> float:
    """Everyday characters count 1, the standard's frequent half 0.5, signs 0.5, everything rare 0."""
    common, weight, count = _common(encoding), 0.0, 0
    for character in text:
        if character.isascii():
            continue
        count += 1
        if character in common:
            weight += 1
        elif character in _WIDE_SIGNS or "０" <= character <= "ｚ":
            weight += 0.5
        elif encoding in {"cp932", "euc_jp"} and "\u3041" <= character <= "\u30fa":
            weight += 1
        elif _is_frequent(character, encoding):
            weight += 0.5
    return weight / max(count, 1)


def _is_frequent(character: str, encoding: str) -> bool:
    """Whether the character lies in the part of its standard that holds the frequent characters."""
    standard = {"gb18030": "gb2312", "cp932": "shift_jis", "cp949": "euc_kr"}.get(encoding, encoding)
    try:
        raw = character.encode(standard)
    except UnicodeEncodeError:
        return False
    if len(raw) != 2:
        return False
    low, high = {
        "gb2312": (0xB0, 0xD7),
        "big5": (0xA4, 0xC6),
        "shift_jis": (0x88, 0x98),
        "euc_kr": (0xB0, 0xC8),
        "euc_jp": (0xB0, 0xCF),
    }[standard]
    return low <= raw[0] <= high


def _alphabetic(text: str, encoding: str) -> float:
    """Letters of the alphabet count 0.8 inside words; runs of accented letters are another encoding's bytes."""
    if encoding == "cp1251":
        words = re.findall(r"[A-Za-z]*[^\x00-\x7f]+[A-Za-z]*", text)
        # Many a character of another encoding is two Cyrillic letters: short words say half as much.
        proper = sum(
            len(word) * (1.0 if len(word) > 2 else 0.5)
            for word in words
            if re.fullmatch(r"[А-Яа-яЁё№«»—–]+", word)
            and (word.islower() or word.istitle() or word.isupper())
        )
        return 0.8 * proper / max(sum(map(len, words)), 1)
    letters = _CENTRAL if encoding == "cp1250" else _ACCENTED
    weight, count = 0.0, 0
    for found in _RUN.finditer(text):
        run = found.group()
        count += len(run)
        # Two accented letters without a plain one beside them are no word but another encoding's character.
        alone = len(run) > 1 and not (
            _LETTER.match(text, found.end()) or _LETTER.match(text, found.start() - 1)
        )
        if len(run) < _LETTER_RUN:
            known = 0.0 if alone else 0.8
            weight += sum(known if c in letters else 0.6 if c in _SIGNS else 0.0 for c in run)
    return weight / max(count, 1)


def rank_encodings(sample: bytes) -> list[Scored]:
    """The candidates that decode the sample (whole lines with non-ASCII bytes) strictly, best first.

    Candidates giving the same text as a better one are left out: there is nothing to choose between them.
    """
    found = list[Scored]()
    for encoding in CANDIDATES:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _alphabetic if encoding in SINGLE_BYTES else _east_asian
        found.append(Scored(encoding, round(score(text, encoding), 3), text))
    found.sort(key=lambda scored: -scored.score)
    kept = list[Scored]()
    for scored in found:
        if all(scored.text != better.text for better in kept):
            kept.append(scored)
    return kept


def is_sure(ranked: list[Scored]) -> bool:
    """Whether the best stands out: an alphabet of single bytes reads everything, so it is always asked about."""
    if not ranked or ranked[0].encoding in SINGLE_BYTES:
        return False
    runner_up = ranked[1].score if len(ranked) > 1 else 0.0
    return ranked[0].score >= 0.4 and ranked[0].score - runner_up >= SURE_MARGIN
