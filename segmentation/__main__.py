"""The command line: `python -m segmentation import|versions|undo|erase|alias|drill|summary|quality|tiers|score|…`.

With --json, stdout is exactly one JSON document and everything else goes to stderr.
Exit code 0 done, 1 refused with the reason on stderr, 2 usage.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from segmentation import commands
from segmentation.aliases import mark_stopped, merge, take_back
from segmentation.errors import QuestionError, StoreError, TierboardError
from segmentation.i18n import Language
from segmentation.identities import Alias, Who
from segmentation.import_command import import_files
from segmentation.restorations import try_restoring
from segmentation.score_command import score_customers
from segmentation.scoreboard_command import score_methods
from segmentation.store import Store
from segmentation.tag_command import list_tags

DONE, REFUSED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (usage errors leave through argparse with 2)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    asked = parser().parse_args(arguments)
    language = Language("zh" if asked.language == "zh" else "en")
    try:
        document = asked.run(asked, language)
    except QuestionError as error:
        print(language.say(error.code), file=sys.stderr)
        for question in error.facts.get("questions", ()):
            named = f"[{question['id']}] " if error.code == "cli.removed" else ""
            print(f"- {named}{question['question']} → {question['proposed_text']}", file=sys.stderr)
        return REFUSED
    except TierboardError as error:
        print(language.say(error.code, **error.facts), language.say("e.tail"), file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
        return REFUSED
    print(json.dumps(document, ensure_ascii=False, indent=2) if asked.json else in_words(document))
    return DONE


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--store", type=Path, default=Path(os.environ.get("TIERBOARD_STORE", "tierboard_store"))
    )
    shared.add_argument("--json", action="store_true", help="print exactly one JSON document")
    shared.add_argument("--language", choices=("en", "zh"), default=_spoken())
    top = argparse.ArgumentParser(prog="python -m segmentation", description=__doc__.splitlines()[0])
    subs = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, told: str, run: Callable[..., Any]) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, parents=[shared], help=told, description=told)
        sub.set_defaults(run=run)
        return sub

    importing = add("import", "import spreadsheets as the next data version", _import)
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE")
    importing.add_argument(
        "--mapping", type=Path, metavar="FILE.toml", help="columns and answers decided before"
    )
    importing.add_argument(
        "--yes", action="store_true", help="take the proposed answer to every open question"
    )
    importing.add_argument(
        "--answer", type=_answer, action="append", default=[], metavar="ID=ANSWER",
        help="decide about stored rows: period:orders=add, missing:orders=replace, restated:2026-03=keep",
    )  # fmt: skip
    add("versions", "list the data versions", lambda asked, _: commands.list_versions(asked.store))
    add(
        "undo",
        "publish the version before once more",
        lambda asked, _: commands.undo_version(asked.store, _now()),
    )
    erasing = add("erase", "count what is stored about a customer; with --yes take it out everywhere", _erase)
    erasing.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    erasing.add_argument("--yes", action="store_true", help="erase; this cannot be undone")
    add("drill", "restore every kept version from its files elsewhere and compare its totals", _drill)
    _ask_alias(add("alias", "say that a customer's number or name, or a seller's, means another one", _alias))
    add("summary", "print the totals of the version served", lambda asked, _: commands.summarise(asked.store))
    _ask_scheme(add("quality", "print what tiers depend on values missing or corrected", _quality))
    tiering = _ask_scheme(add("tiers", "print tiers with their outcome", _tiers))
    _ask_date(add("tags", "list the tags beside the tiers with their use", _tags))
    judging = add("scoreboard", "judge every method and saved scheme at past dates", _scoreboard)
    judging.add_argument("--scheme", type=Path, metavar="FILE.toml", help="whose outcome judges them")
    tiering.add_argument("--out", type=Path, metavar="FILE", help="also write the list of customers as CSV")
    _ask_method(add("score", "score customers by one method, and print what it learned", _score))
    return top


def _ask_scheme(asking: argparse.ArgumentParser) -> argparse.ArgumentParser:
    asking.add_argument("--scheme", type=Path, metavar="FILE.toml", help="default: the published scheme")
    return _ask_date(asking)


def _ask_date(asking: argparse.ArgumentParser) -> argparse.ArgumentParser:
    asking.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="default: last date in the data"
    )
    return asking


def _ask_method(scoring: argparse.ArgumentParser) -> None:
    scoring.add_argument("method", metavar="METHOD", help="rfm, abc, ltv, …")
    scoring.add_argument(
        "--set",
        type=_answer,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the method",
    )
    _ask_date(scoring)


def _ask_alias(naming: argparse.ArgumentParser) -> None:
    naming.add_argument("written", metavar="WRITTEN", help="as rows have it")
    naming.add_argument("meant", metavar="MEANT", nargs="?", default="", help="the one meant")
    naming.add_argument("--seller", action="store_true", help="sellers, not customers")
    naming.add_argument("--stopped", action="store_true", help="the customer WRITTEN no longer buys")
    naming.add_argument(
        "--remove", action="store_true", help="take it back: rows are as they were written again"
    )


def _import(asked: argparse.Namespace, language: Language) -> commands.Document:
    return import_files(
        asked.store,
        asked.files,
        mapping=asked.mapping,
        takes_proposals=asked.yes,
        now=_now(),
        language=language,
        answers=dict(asked.answer),
    )


def _answer(text: str) -> tuple[str, str]:
    """`period:orders=add` → question id and answer; `bins=4` → parameter and value."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"NAME=VALUE expected, not {text!r}")
    return name, value


def _erase(asked: argparse.Namespace, _: Language) -> commands.Document:
    return commands.erase_customer(asked.store, asked.customer, is_confirmed=asked.yes, now=_now())


def _drill(asked: argparse.Namespace, _: Language) -> commands.Document:
    tried = try_restoring(Store(asked.store))
    if failed := [one.number for one in tried if not one.is_same]:
        names = ", ".join(map(str, failed))
        raise StoreError("drill.failed", n=len(failed), all=len(tried), names=names)
    return {"restored": [{"number": one.number} | dict(one.rows) for one in tried]}


def _alias(asked: argparse.Namespace, _: Language) -> commands.Document:
    who: Who = "stopped" if asked.stopped else "seller" if asked.seller else "customer"
    alias, store = Alias(who, asked.written, asked.meant), Store(asked.store)
    if asked.stopped and not asked.remove:
        version = mark_stopped(store, asked.written, "cli", _now())
    else:
        version = (take_back if asked.remove else merge)(store, alias, "cli", _now())
    told = [dataclasses.asdict(one) for one in version.aliases if not one.is_apart]
    return {"data_version": version.number, "aliases": told}


def _tiers(asked: argparse.Namespace, language: Language) -> commands.Document:
    return commands.tier_customers(asked.store, asked.scheme, asked.as_of, asked.out, language)


def _tags(asked: argparse.Namespace, language: Language) -> commands.Document:
    return list_tags(asked.store, asked.as_of, _now().date(), language)


def _quality(asked: argparse.Namespace, language: Language) -> commands.Document:
    return commands.judge_quality(asked.store, asked.scheme, asked.as_of, language)


def _score(asked: argparse.Namespace, language: Language) -> commands.Document:
    return score_customers(asked.store, asked.method, dict(asked.set), asked.as_of, language)


def _scoreboard(asked: argparse.Namespace, language: Language) -> commands.Document:
    return score_methods(asked.store, asked.scheme, language)


def _now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)


def _spoken() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if spoken.lower().startswith("zh") else "en"


def in_words(document: Any, depth: int = 0) -> str:
    """A document as indented lines for people; lists of equal rows as a table."""
    pad = "  " * depth
    if isinstance(document, dict):
        return "\n".join(
            f"{pad}{key}:\n{in_words(value, depth + 1)}"
            if isinstance(value, (dict, list)) and value
            else f"{pad}{key}: {'–' if value in (None, [], {}) else value}"
            for key, value in document.items()
        )
    if document and isinstance(document[0], dict):
        return _table(document, pad)
    return "\n".join(f"{pad}{item}" for item in document)


def _table(rows: list[dict[str, Any]], pad: str) -> str:
    columns = list(rows[0])
    cells = [columns, *[[_cell(row[column]) for column in columns] for row in rows]]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    return "\n".join(
        pad + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return (
        f"{value:,.4g}"
        if isinstance(value, float) and abs(value) < 1
        else f"{value:,.2f}".removesuffix(".00")
        if (isinstance(value, (int, float)) and not isinstance(value, bool))
        else str(value)
    )


if __name__ == "__main__":
    sys.exit(main())
