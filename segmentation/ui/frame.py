"""The frame round every page: page switch at the top, brand, the few style rules Streamlit has no option for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from segmentation.figures.theme import PALETTES, Shade
from segmentation.i18n import Language
from segmentation.ui.session import Session, switch_version

ROOT = Path(__file__).parents[2]
# File name of a page, in the order of the switch. A page is listed as soon as its file exists.
PAGES: dict[str, str] = {
    "tier_tuning": "ui.page.tiers",
    "data_intake": "ui.page.data",
    "customer_profile": "ui.page.customers",
    "tag_registry": "ui.page.tags",
    "method_scoreboard": "ui.page.methods",
    "resource_allocation": "ui.page.resources",
    "tier_movement": "ui.page.movement",
    "outcome_review": "ui.page.outcomes",
    "followup_desk": "ui.page.followup",
    "meeting_brief": "ui.page.meeting",
    "workspace_settings": "ui.page.settings",
}
SIDEBAR_PIXELS = 288
_STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding-left: 1.5rem; padding-right: 1.5rem; max-width: none; }
[data-testid="stMainBlockContainer"] [data-testid="stVerticalBlock"] { gap: 0.5rem; }
[data-testid="stMainBlockContainer"] h2 { padding: 0.4rem 0 0.7rem; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 2px; }
[data-testid="stSidebarHeader"] { height: 3.75rem; padding-bottom: 0; }
.st-key-lines_box [data-testid="stExpander"] details { border: none; background: none; }
.st-key-lines_box [data-testid="stExpander"] summary { min-height: 0; padding: 0 0 2px; }
[data-testid="stBaseButton-primary"] { color: PRIMARY_TEXT; }
[data-testid="stTopNavLink"]:focus-visible, [data-testid="stMarkdownContainer"] a:focus-visible {
  outline: 2px solid INK; outline-offset: 2px;
}
.st-key-lanes [data-testid="stColumn"] { min-width: 244px; }
.st-key-lanes [data-testid="stColumn"]:first-child { min-width: 340px; }
.st-key-lanes [data-testid="stColumn"] [data-testid="stVerticalBlock"] { gap: 2px; }
.st-key-lanes [data-testid="stMarkdownContainer"] p { line-height: 1.45; }
.st-key-lanes [data-testid="stMarkdownContainer"] p:not(:last-child) { margin-bottom: 0.35rem; }
.st-key-pair [data-testid="stColumn"] { min-width: 400px; }
.st-key-scheme_state p > span { color: SECONDARY; }
.st-key-scheme_state strong { color: INK; font-weight: 400; }
[data-testid="stColumn"]:has(.st-key-moves_list) { min-width: min(720px, 100%); }
.st-key-moves [data-testid="stColumn"]:first-child [data-testid="stMarkdownContainer"] {
  display: flex; flex-wrap: wrap; align-items: flex-start; column-gap: 28px;
}
.st-key-moves [data-testid="stColumn"]:first-child [data-testid="stMarkdownContainer"] > p { flex-basis: 100%; }
[data-testid="stMarkdownContainer"] table { font-size: 12px; font-variant-numeric: tabular-nums; }
[data-testid="stMarkdownContainer"] :is(td, th) { padding: 3px 8px; border: none; font-size: 12px; }
[data-testid="stMarkdownContainer"] td { white-space: nowrap; }
[data-testid="stMarkdownContainer"] th { color: SECONDARY; font-weight: 400; }
.st-key-pair_agree [data-testid="stColumn"] { min-width: min(620px, 100%); }
.st-key-pair_matrix [data-testid="stColumn"] { min-width: min(300px, 100%); }
.st-key-pair_matrix [data-testid="stColumn"]:first-child { min-width: min(500px, 100%); }
[class*="st-key-chips"] .stMarkdownBadge {
  background: transparent !important; border: 1px solid SECONDARY; border-radius: 999px !important;
  color: INK !important; padding: 0 9px !important;
}
[class*="st-key-chips"] p { line-height: 2; }
.st-key-tag_example { padding-bottom: 0.5rem; }
[class*="st-key-tier_badge"] .stMarkdownBadge {
  border-left: 4px solid UNRATED; border-radius: 3px !important; color: INK !important; font-weight: 600;
  padding: 1px 8px !important;
}
TIER_RULES
@media (max-width: 640px) {
  .st-key-scheme_bar { flex-wrap: wrap; }
  .st-key-scheme_state { flex-basis: 100%; min-width: 100%; }
  .st-key-lanes [data-testid="stColumn"], .st-key-pair [data-testid="stColumn"] { min-width: 100%; }
}
.st-key-sample_line button { min-height: 1.5rem; padding: 0; text-decoration: underline; }
</style>
"""


def choose_page(language: Language) -> st.Page:
    """Register the pages that exist and return the one asked for.

    URLs equal file names, so that the first link opened after a start finds its page even before this ran (see
    `require`). The default page answers to `/` only: a hidden twin answers to its own name.
    """
    pages: list[st.Page] = []
    known = st.session_state["pages"] = dict[str, st.Page]()
    for name, title in PAGES.items():
        path = ROOT / "pages" / f"{name}.py"
        if not path.exists():
            continue
        if not pages:
            known[name] = st.Page(path, title=language.say(title), url_path="tiers", default=True)
            twin = st.Page(_twin(known[name]), title=language.say(title), url_path=name, visibility="hidden")
            pages += [known[name], twin]
        else:
            known[name] = st.Page(path, title=language.say(title), url_path=name)
            pages.append(known[name])
    return st.navigation(pages, position="top")


def _twin(page: st.Page) -> Callable[[], None]:
    """Sends a link that names the default page on to it, with everything the link says."""

    def twin() -> None:
        st.switch_page(page, query_params=st.query_params.to_dict())

    return twin


def require() -> None:
    """Called first by every page: on a fresh server Streamlit runs a linked page by itself, without `app.py`.

    Registering pages switches that off for good; the run then starts again through the frame.
    """
    if "session" not in st.session_state:
        choose_page(Language("en"))
        st.rerun()


def link_to(name: str) -> st.Page:
    """The page called `name` as it is registered, for `st.switch_page` and `st.page_link`."""
    page: st.Page = st.session_state["pages"][name]
    return page


def draw_frame(session: Session) -> None:
    """Style, brand, and the two lines that stand above every page: sample company, newer data."""
    st.html(_style(session.look.shade))
    st.logo(_brand(session.look.shade), size="medium")
    st.sidebar.empty()  # a fragment may fill the sidebar only after one write outside it
    if session.newer is not None:
        _offer_newer(session)


def _style(shade: Shade) -> str:
    """The style rules in the colours of a shade."""
    palette = PALETTES[shade]
    colours = {"PRIMARY_TEXT": "#14171B" if shade == "dark" else "#FFFFFF"}
    tiers = enumerate(palette.tiers)
    colours["TIER_RULES"] = "\n".join(f"{_badge_of(rank)} {{ border-left-color: {c}; }}" for rank, c in tiers)
    colours["UNRATED"] = palette.unrated
    colours |= {"SECONDARY": palette.secondary, "INK": palette.ink}
    style = _STYLE
    for name, colour in colours.items():
        style = style.replace(name, colour)
    return style


def _badge_of(rank: int) -> str:
    return f'[class*="st-key-tier_badge_{rank}"] .stMarkdownBadge'


def _offer_newer(session: Session) -> None:
    number = session.newer or 0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":small[{session.language.say('ui.newer', number=number)}]", width="content")
        label = session.language.say("ui.newer.switch")
        st.button(label, key="newer", type="tertiary", on_click=switch_version, args=(number,))


def _brand(shade: Shade) -> str:
    """Three bars in the first tier colours, and the name."""
    palette = PALETTES[shade]
    bars = zip((10, 15, 18), palette.tiers, strict=False)
    shapes = "".join(
        f'<rect x="0" y="{3 + 6 * row}" width="{width}" height="4" rx="1" fill="{colour}"/>'
        for row, (width, colour) in enumerate(bars)
    )
    name = (
        f'<text x="26" y="16" font-family="Inter, Segoe UI, Helvetica, Arial, sans-serif" font-size="13" '
        f'font-weight="600" fill="{palette.ink}">Tierboard</text>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="22" viewBox="0 0 100 22">{shapes}{name}</svg>'
