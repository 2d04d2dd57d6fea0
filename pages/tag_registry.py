"""Tags: which marks do customers bear beside their tier, and are they still right?"""

from functools import partial

import pandas as pd
import streamlit as st

from segmentation.lists import tiers_that_hold
from segmentation.schemes import Scheme
from segmentation.standing import Standing
from segmentation.tuning import draw_lines
from segmentation.ui import tag_lines
from segmentation.ui.blocks import grey, headline
from segmentation.ui.caches import prepare_once
from segmentation.ui.controls import switch
from segmentation.ui.drafts import current_scheme
from segmentation.ui.escape import plain
from segmentation.ui.frame import require
from segmentation.ui.override_lines import held_now
from segmentation.ui.scheme_bar import SchemeBar
from segmentation.ui.session import Session, current
from segmentation.ui.tag_bulk import draw_bulk
from segmentation.ui.tag_form import TOLD, VIEW, draw_form
from segmentation.ui.tag_list import draw_list
from segmentation.ui.tag_proposals import draw_proposals

VIEWS = ("list", "new", "bulk", "proposals")


def main(session: Session) -> None:
    look = session.look
    bar = SchemeBar(session, has_publish=False)
    scheme = current_scheme(session)
    base = prepare_once(session.book, session.store_key, scheme, session.list_date)
    if base.now.population == 0:
        bar.tell(scheme, None)
        headline(look.say("profile.empty"), look.say("profile.empty.text"))
        return
    bar.tell(scheme, draw_lines(base, scheme))
    registry = tag_lines.registry_now(session)
    if not registry.core:
        headline(look.say("tag.empty"), look.say("tag.rule"))
    bearing = tag_lines.bearing_now(session, session.list_date, registry)
    if registry.core:
        facts = {"n": len(registry.core), "tagged": bearing.tagged_count, "count": len(bearing.customers)}
        headline(look.say("tag.head", **facts), look.say("tag.rule"))
    draw_example(session, scheme.policy.names)
    if told := st.session_state.pop(TOLD, None):
        st.markdown(f":green[**{told}**]")
    if session.is_sample:
        draw_proposals(session, registry)
        return
    first = "list" if registry.tags else "proposals"
    view = switch(look.say("tag.views"), {name: look.say(f"tag.view.{name}") for name in VIEWS}, first, VIEW)
    if view == "new":
        draw_form(session, registry, base.now)
    elif view == "proposals":
        draw_proposals(session, registry)
    elif view == "bulk":
        draw_bulk(session, registry, bearing, base.now, partial(list_tiers, session, base.now, scheme))
    else:
        draw_list(session, registry, bearing, partial(list_tiers, session, base.now, scheme))


def list_tiers(session: Session, standing: Standing, scheme: Scheme) -> pd.DataFrame:
    """Everybody with the tier that holds: whom a tag can be set on, and who bears one."""
    tiers = tiers_that_hold(standing, scheme, held_now(session, standing))
    return pd.DataFrame(
        {
            "customer_id": standing.features.index,
            "name": standing.features["name"].to_numpy(),
            "tier": tiers.map(session.language.tier).to_numpy(),
            "owner": standing.features["owner"].to_numpy(),
        }
    )


def draw_example(session: Session, names: tuple[str, ...]) -> None:
    """A tier and a tag side by side: two things that look it."""
    look = session.look
    with st.container(horizontal=True, vertical_alignment="center", key="tag_example"):
        tag_lines.draw_tier(names[0], names, look, "example")
        grey(look.say("tag.example.tier"))
        with st.container(key=f"{tag_lines.CHIPS}_example", width="content"):
            st.markdown(f":gray-badge[{plain(look.say('tag.example.name'))}]", width="content")
        grey(look.say("tag.example.tag"))


require()
main(current())
