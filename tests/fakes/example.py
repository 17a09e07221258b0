"""Programmes and lots for tests, after the published ones."""

from treering.domain.lot import Lot, Species, Standing, Unit
from treering.domain.record import lot_id
from treering.domain.view import Programme

ANT_FOREST = Programme(
    code="ANT_FOREST",
    number=1,
    name="Ant Forest",
    issuer="did:web:treering.example:programmes:ANT_FOREST",
)
OCEAN_BUDDY = Programme(
    code="OCEAN_BUDDY",
    number=3,
    name="Ocean Buddy",
    issuer="did:web:treering.example:programmes:OCEAN_BUDDY",
)


def species(code: str, en: str, zh: str, latin: str, unit: Unit, grams: int) -> Species:
    return Species(
        code=code,
        en=en,
        zh=zh,
        latin=latin,
        unit=unit,
        energy_grams=grams,
        standing=Standing.REPORTED,
    )


SAXAUL = species("SAXAUL", "Saxaul", "梭梭", "Haloxylon ammodendron", Unit.TREE, 17900)
PINE = species(
    "SCOTSPINE",
    "Mongolian Scots pine",
    "樟子松",
    "Pinus sylvestris var. mongolica",
    Unit.TREE,
    146210,
)
CARAGANA = species(
    "CARAGANA", "Korshinsk peashrub", "柠条", "Caragana korshinskii", Unit.TREE, 16930
)
EELGRASS = species("EELGRASS", "Eelgrass", "鳗草", "Zostera marina", Unit.PLANT, 1500)
AREA = species("PA_SQM", "Protected area share of 1 m2", "保护地1平米", "", Unit.M2, 2000)


def lot(
    number: int,
    kind: Species,
    *,
    slug: str,
    names: tuple[str, str],
    year: int,
    capacity: int,
    province: tuple[str, str, str] = ("150000", "Inner Mongolia", "内蒙古自治区"),
    standing: Standing = Standing.REPORTED,
    inspector: tuple[str, str] | None = None,
    programme: Programme = ANT_FOREST,
    note: str = "",
) -> Lot:
    return Lot(
        id=lot_id(programme.number, number),
        slug=slug,
        programme=programme.code,
        site=f"{province[0]}/{slug.rpartition('-')[2]}",
        site_en=names[0],
        site_zh=names[1],
        adcode=province[0],
        province_en=province[1],
        province_zh=province[2],
        species=kind,
        unit=kind.unit,
        year=year,
        area_m2=2222667 if number == 277 else None,
        capacity=capacity,
        asked=0,
        implementer_en="China Green Foundation",
        implementer_zh="中国绿化基金会",
        inspector="UNNAMED_2019" if inspector else None,
        inspector_en=inspector[0] if inspector else None,
        inspector_zh=inspector[1] if inspector else None,
        inspected_on="2019-12" if inspector else None,
        standing=standing,
        note=note,
    )


LOTS = (
    lot(
        277,
        SAXAUL,
        slug="ANT_FOREST-277",
        names=("Alxa Left Banner forest no. 277", "阿拉善左旗277号林"),
        year=2019,
        capacity=150_000,
        inspector=(
            "A third-party body whose name was not published",
            "未公布名称的第三方机构",
        ),
        note="3334 mu; 3 m by 5 m grid; 45.0 trees a mu; third-party report of December 2019",
    ),
    lot(
        805,
        PINE,
        slug="ANT_FOREST-805",
        names=("Fengning forests no. 805 and 806", "丰宁805号、806号林"),
        year=2024,
        capacity=1_600_000,
        province=("130000", "Hebei", "河北省"),
    ),
    lot(
        464,
        CARAGANA,
        slug="ANT_FOREST-464",
        names=("Horqin Right Middle Banner forest no. 464", "科右中旗464号林"),
        year=2021,
        capacity=200_000,
        standing=Standing.PLACEHOLDER,
        note="the forest and its species are reported; quantity and year are not",
    ),
    lot(
        1,
        SAXAUL,
        slug="ANT_FOREST-1",
        names=("Alxa forest no. 1", "阿拉善1号林"),
        year=2016,
        capacity=10_000,
        standing=Standing.PLACEHOLDER,
        note="the forest is reported; the figures are not",
    ),
    lot(
        100_001,
        AREA,
        slug="ANT_FOREST-100001",
        names=("Guanba protected area (Pingwu)", "关坝保护地(平武)"),
        year=2018,
        capacity=18_230_000,
        province=("510000", "Sichuan", "四川省"),
    ),
    lot(
        100_002,
        EELGRASS,
        slug="ANT_FOREST-100002",
        names=("Weihai seagrass bed", "威海海草床"),
        year=2022,
        capacity=500_000,
        province=("370000", "Shandong", "山东省"),
        standing=Standing.PLACEHOLDER,
    ),
    lot(
        1,
        AREA,
        slug="OCEAN_BUDDY-1",
        names=("South coast of Java", "爪哇岛南岸"),
        year=2025,
        capacity=1_000_000,
        province=("ID-JI", "East Java", "东爪哇"),
        programme=OCEAN_BUDDY,
        standing=Standing.PLACEHOLDER,
    ),
)
