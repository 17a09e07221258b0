"""The example programme: published facts, with their standings, from files of the package."""

import csv
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from treering.domain.lot import Standing, Unit
from treering.domain.record import lot_id
from treering.store.tables.books import lots, parties, provinces, species
from treering.store.tables.ground import density_bands, survival_rules

Row = dict[str, str]


def rows(name: str) -> Iterator[Row]:
    """The rows of one of the example's files."""
    yield from csv.DictReader(_text(f"{name}.csv").splitlines())


def programmes() -> list[dict[str, str | int]]:
    """The tenants, numbered from 1 in the file's order."""
    columns = ("code", "name", "operator", "country", "since")
    return [
        {"number": number, **{column: row[column] for column in columns}}
        for number, row in enumerate(rows("programmes"), start=1)
    ]


def redemptions() -> list[dict[str, Any]]:
    """What the demo redeems one by one: programme, Idempotency-Key and wish."""
    return [json.loads(line) for line in _text("redemptions.ndjson").splitlines()]


def conversion_rules() -> str:
    """What counts for how much, as `treering rules load` takes it."""
    return _text("conversion_rules.csv")


def campaign() -> bytes:
    """What the demo redeems at once, as JSON lines."""
    return _text("campaign.ndjson").encode()


def ground() -> bytes:
    """Sites with their parties, facts and disputes, as GeoJSON."""
    return _text("ground.geojson").encode()


def exhibits() -> list[tuple[str, bytes, dict[str, str]]]:
    """Evidence: the lot, the file, and what is told of it. All are placeholders, and say so."""
    folder = files("treering").joinpath("example/evidence")
    return [
        (row.pop("lot"), folder.joinpath(row.pop("file")).read_bytes(), row)
        for row in rows("exhibits")
    ]


def load(connection: Connection) -> None:
    """Parties, provinces, species, rules and lots; what is there already stays as it is."""
    _add(connection, parties, [_party(row) for row in rows("partners")])
    _add(connection, provinces, [_province(row) for row in rows("provinces")])
    _add(connection, species, [_species(row) for row in rows("species")])
    _add(connection, density_bands, [_band(row) for row in rows("species") if _has_band(row)])
    _add(connection, survival_rules, [_rule(row) for row in rows("survival_rules")])
    numbers = {str(row["code"]): int(row["number"]) for row in programmes()}
    _add(connection, lots, [_lot(row, numbers[row["programme"]]) for row in rows("lots")])


def _text(name: str) -> str:
    return files("treering").joinpath(f"example/{name}").read_text("utf-8")


def _add(connection: Connection, table: Table, values: list[dict[str, object]]) -> None:
    connection.execute(insert(table).on_conflict_do_nothing(), values)


def _party(row: Row) -> dict[str, object]:
    # Some bodies have published no Chinese name.
    return {
        "code": row["code"],
        "en": row["en"],
        "zh": row["zh"] or row["en"],
        "role": row["role"],
    }


def _province(row: Row) -> dict[str, object]:
    return {"adcode": row["adcode"], "en": row["en"], "zh": row["zh"]}


def _species(row: Row) -> dict[str, object]:
    return {
        "code": row["code"],
        "en": row["en"],
        "zh": row["zh"],
        "latin": row["latin"],
        "unit": Unit[row["unit"]],
        "energy_grams": int(row["energy_grams"]),
        "standing": Standing(row["standing"]),
    }


def _has_band(row: Row) -> bool:
    return bool(row["density_min_per_mu"] or row["density_max_per_mu"])


def _band(row: Row) -> dict[str, object]:
    return {
        "species": row["code"],
        "least_per_mu": row["density_min_per_mu"] or None,
        "most_per_mu": row["density_max_per_mu"] or None,
        "standing": Standing(row["standing"]),
    }


def _rule(row: Row) -> dict[str, object]:
    return {**row, "valid_until": row["valid_until"] or None}


def _lot(row: Row, programme: int) -> dict[str, object]:
    number = int(row["number"])
    return {
        "id": lot_id(programme, number),
        "slug": f"{row['programme']}-{number}",
        "programme": row["programme"],
        "species": row["species"],
        "province": row["adcode"],
        "implementer": row["partner"],
        "inspector": row["inspector"] or None,
        "site": f"{row['adcode']}/{number}",
        "site_en": row["site_en"],
        "site_zh": row["site_zh"],
        "unit": Unit[row["unit"]],
        "year": int(row["planting_year"]),
        "area_m2": int(row["area_m2"]) if row["area_m2"] else None,
        "inspected_on": row["inspected_on"] or None,
        "standing": Standing(row["standing"]),
        "note": row["note"],
        "capacity": int(row["quantity"]),
    }
