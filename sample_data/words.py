"""The words of the invented company, English and Chinese side by side: the CSVs speak one, the workbook the other."""

from __future__ import annotations

REGIONS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    # region → its Chinese name, its customers, its cities
    "Jiangsu": ("江苏", 260, ("苏州", "无锡", "常州", "昆山", "南通", "扬州")),
    "Zhejiang": ("浙江", 190, ("宁波", "温州", "台州", "嘉兴", "绍兴", "金华")),
    "Shanghai": ("上海", 110, ("上海",)),
    "Guangdong": ("广东", 210, ("东莞", "佛山", "中山", "惠州", "珠海")),
    "Shandong": ("山东", 120, ("青岛", "烟台", "潍坊", "济宁")),
    "Anhui": ("安徽", 80, ("合肥", "芜湖", "滁州")),
    "Hubei": ("湖北", 70, ("武汉", "襄阳", "宜昌")),
    "Sichuan": ("四川", 60, ("成都", "绵阳", "德阳")),
    "Hebei": ("河北", 45, ("保定", "廊坊", "沧州")),
    "Fujian": ("福建", 40, ("泉州", "厦门")),
    "Hainan": ("海南", 15, ("海口", "三亚")),
}

INDUSTRIES: dict[str, tuple[str, float, tuple[str, ...]]] = {
    # industry → its Chinese name, its share, the trade words of its companies
    "Moulds": ("模具", 0.19, ("模具", "精密模具", "模塑")),
    "Car parts": ("汽车零部件", 0.18, ("汽车配件", "动力科技", "汽车部件")),
    "Electronics": ("电子", 0.14, ("电子科技", "精密电子", "光电")),
    "Construction machinery": ("工程机械", 0.12, ("重工", "工程机械", "液压机械")),
    "Pumps and valves": ("泵阀", 0.12, ("泵业", "阀门", "流体设备")),
    "Packaging": ("包装", 0.10, ("包装机械", "印刷包装", "包装科技")),
    "Medical devices": ("医疗器械", 0.09, ("医疗器械", "医疗科技")),
    "Food machinery": ("食品机械", 0.06, ("食品机械", "机械设备")),
    "New-energy batteries": ("新能源电池", 0.0, ("新能源", "电池科技", "储能科技")),
}

BRAND_FIRST = "鸿锐永恒海顺德瑞启凌卓泽睿昊辰拓晟铭钧骏岳川澜森禾沃维诺迈普"
BRAND_SECOND = "特泰腾拓昌达科盛源峰通远信邦创联润康嘉宇翔城岭桥浦原朗正方和"

CHANNELS = {
    "Exhibition": "展会",
    "Referral": "老客户介绍",
    "Website": "官网",
    "Cold call": "陌生拜访",
    "Dealer": "经销商",
}
SPEND_CHANNELS = {
    "Exhibition": "展会",
    "Online ads": "线上推广",
    "Travel": "差旅",
    "Hospitality": "招待",
    "Trial machines": "样机试用",
}

TEAMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "East 1": ("华东一部", ("Jiangsu",)),
    "East 2": ("华东二部", ("Zhejiang", "Shanghai", "Anhui")),
    "South": ("华南部", ("Guangdong", "Fujian", "Hainan")),
    "North": ("华北部", ("Shandong", "Hebei")),
    "West": ("西部", ("Hubei", "Sichuan")),
}

SELLERS: tuple[tuple[str, str, str, int], ...] = (
    # name, team, seniority, cost of an hour in 元; the first one of all is the overloaded one
    ("郑文博", "East 1", "senior", 165),
    ("何雨桐", "East 1", "regular", 120),
    ("邓思远", "East 1", "junior", 85),
    ("许佳宁", "East 2", "senior", 160),
    ("曹立群", "East 2", "senior", 155),
    ("彭雪莹", "East 2", "regular", 125),
    ("蒋浩然", "East 2", "junior", 90),
    ("袁振东", "South", "senior", 150),
    ("薛海燕", "South", "regular", 120),
    ("范志远", "South", "regular", 115),
    ("贺晓岚", "North", "senior", 150),
    ("钱一鸣", "North", "regular", 110),
    ("龚新宇", "West", "regular", 115),
    ("江若菲", "West", "junior", 80),
)
SENIORITY = {"senior": "资深", "regular": "普通", "junior": "初级"}

# product → Chinese name, price of one in 元; parts are what customers buy again and again
PARTS: dict[str, tuple[str, str, float]] = {
    "Filter element": ("滤芯", "Consumables", 96.0),
    "Seal kit": ("密封件套装", "Spare parts", 185.0),
    "Cutting fluid": ("切削液", "Consumables", 520.0),
    "Spindle bearing": ("主轴轴承", "Spare parts", 860.0),
    "Turret spares kit": ("刀塔备件包", "Spare parts", 1380.0),
    "Linear guide": ("直线导轨", "Spare parts", 1450.0),
    "Repair visit": ("上门维修", "Service", 2400.0),
    "Ball screw": ("滚珠丝杠", "Spare parts", 3200.0),
    "Calibration": ("精度检测", "Service", 3600.0),
    "Servo drive": ("伺服驱动器", "Spare parts", 6800.0),
    "Yearly maintenance": ("年度保养", "Service", 8500.0),
}
# what is sold as a project: → Chinese name, family, usual price, how often it is asked for
PROJECTS: dict[str, tuple[str, str, float, float]] = {
    "Service contract": ("年度服务合同", "Service", 26000.0, 0.30),
    "Spindle overhaul": ("主轴大修", "Service", 38000.0, 0.24),
    "Loading cell": ("上下料单元", "Machines", 145000.0, 0.14),
    "Lathe T5": ("数控车床T5", "Machines", 198000.0, 0.12),
    "Machining centre V6": ("立式加工中心V6", "Machines", 280000.0, 0.09),
    "Machining centre V8": ("立式加工中心V8", "Machines", 356000.0, 0.07),
    "Line retrofit": ("产线改造", "Machines", 620000.0, 0.04),
}
FAMILIES = {"Spare parts": "备件", "Consumables": "耗材", "Service": "售后服务", "Machines": "整机"}
MARGIN_RATES = {"Spare parts": 0.38, "Consumables": 0.28, "Service": 0.52, "Machines": 0.17}

STAGES = {
    "Qualification": "需求确认",
    "Proposal": "方案报价",
    "Negotiation": "商务谈判",
    "On hold": "搁置",
    "Won": "赢单",
    "Lost": "丢单",
}
STATES = {"won": "赢单", "lost": "丢单", "open": "进行中"}
DEAL_KINDS = {"new": "新业务", "expansion": "增购"}
LOSS_REASONS = {"Price": "价格", "Competitor": "竞品", "Budget": "预算取消", "Delivery time": "交期", "": ""}

TOUCH_KINDS = {
    "visit": "拜访",
    "meeting": "会议",
    "call": "电话",
    "message": "微信",
    "email": "邮件",
    "quotation": "报价",
}

PRODUCTS_ZH = {name: entry[0] for name, entry in (PARTS | PROJECTS).items()}
REGIONS_ZH = {name: entry[0] for name, entry in REGIONS.items()}
INDUSTRIES_ZH = {name: entry[0] for name, entry in INDUSTRIES.items()}
TEAMS_ZH = {name: entry[0] for name, entry in TEAMS.items()}
